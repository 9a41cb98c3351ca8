using System.Buffers.Binary;
using System.Text;

namespace Dominion.Host.Platform;

/// <summary>Who owns a file.</summary>
internal static unsafe class FileOwner
{
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const uint OwnerWanted = 8;
    private const int OwnerOffset = 20;
    private const int StatxLength = 256;

    /// <summary>Whether this process's user owns a file. Elsewhere than on Linux the temporary folder is the user's own, and the answer is yes.</summary>
    /// <param name="path">The file; a link is not followed.</param>
    /// <returns>True when it does.</returns>
    /// <exception cref="IOException">The system does not say.</exception>
    internal static bool IsThisUser(string path)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        // struct statx has one layout on every architecture (statx(2)): stx_uid is 20 bytes in.
        Span<byte> status = stackalloc byte[StatxLength];
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        fixed (byte* into = status)
        {
            if (LinuxNative.Statx(CurrentFolder, name, DoNotFollow, OwnerWanted, into) != 0)
                throw new IOException("its owner cannot be found out");
        }
        return BinaryPrimitives.ReadUInt32LittleEndian(status[OwnerOffset..]) == LinuxNative.GetEffectiveUser();
    }
}
