using System.Text;

namespace Dominion.Guests.Initrd;

/// <summary>Writes a cpio archive of the "new" ASCII format, which Linux unpacks as its initial root (Documentation/driver-api/early-userspace/buffer-format.rst). The same input gives the same bytes.</summary>
internal sealed class CpioWriter
{
    private const uint TypeDirectory = 0x4000;
    private const uint TypeFile = 0x8000;
    private const uint TypeLink = 0xa000;
    private const uint TypeCharacter = 0x2000;
    private readonly Stream _stream;
    private uint _inode;
    private long _position;

    /// <summary>Starts an archive.</summary>
    /// <param name="stream">Where to.</param>
    public CpioWriter(Stream stream)
    {
        _stream = stream;
    }

    /// <summary>Adds a folder.</summary>
    public void Directory(string path) => Entry(path, TypeDirectory | 0x1ed, [], 2);

    /// <summary>Adds a file.</summary>
    /// <param name="path">The path, without a leading slash.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="executable">Whether it may be executed.</param>
    public void File(string path, ReadOnlySpan<byte> content, bool executable = false) => Entry(path, TypeFile | (executable ? 0x1edu : 0x1a4u), content);

    /// <summary>Adds a symbolic link.</summary>
    public void Link(string path, string target) => Entry(path, TypeLink | 0x1ff, Encoding.UTF8.GetBytes(target));

    /// <summary>Adds a character device.</summary>
    public void CharacterDevice(string path, uint major, uint minor) => Entry(path, TypeCharacter | 0x180, [], 1, major, minor);

    /// <summary>Ends the archive.</summary>
    public void End() => Entry("TRAILER!!!", 0, []);

    private void Entry(string path, uint mode, ReadOnlySpan<byte> content, uint links = 1, uint major = 0, uint minor = 0)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        uint inode = mode == 0 ? 0 : ++_inode;
        uint[] fields = [inode, mode, 0, 0, links, 0, (uint)content.Length, 0, 0, major, minor, (uint)name.Length, 0];
        Write(Encoding.ASCII.GetBytes("070701" + string.Concat(fields.Select(f => f.ToString("x8", null)))));
        Write(name);
        Align();
        Write(content);
        Align();
    }

    private void Align() => Write(stackalloc byte[(int)(-_position & 3)]);

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _position += bytes.Length;
    }
}
