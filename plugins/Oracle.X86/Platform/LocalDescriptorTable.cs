using System.Runtime.InteropServices;

namespace Dominion.Oracle.X86.Platform;

/// <summary>The process's local descriptor table (modify_ldt), which gives the host the segments of <see cref="SegmentTable"/>.</summary>
internal static unsafe class LocalDescriptorTable
{
    private const long WriteEntry = 0x11;

    /// <summary>Writes all entries.</summary>
    /// <returns>False when the host's kernel does not let a process have such segments.</returns>
    public static bool TryInstall(uint arena)
    {
        ulong[] descriptors = SegmentTable.LocalDescriptors(arena);
        for (int i = 0; i < descriptors.Length; i++)
        {
            UserDescriptor entry = FromDescriptor((uint)i, descriptors[i]);
            if (!TryWrite(ref entry))
                return false;
        }

        return true;
    }

    /// <summary>Clears all entries.</summary>
    public static void Remove()
    {
        for (int i = 0; i < SegmentTable.LocalEntries; i++)
        {
            // What the kernel takes for an empty entry: LDT_empty of asm/desc.h.
            UserDescriptor entry = new() { Number = (uint)i, Flags = (1 << 3) | (1 << 5) };
            _ = TryWrite(ref entry);
        }
    }

    /// <summary><c>struct user_desc</c>: seg_32bit, two bits of contents, read_exec_only, limit_in_pages, seg_not_present.</summary>
    private static UserDescriptor FromDescriptor(uint number, ulong descriptor)
    {
        uint type = (uint)(descriptor >> 40) & 15;
        uint flags = (uint)(descriptor >> 54) & 1;
        flags |= (type >> 2) << 1;
        flags |= ((type >> 1) & 1 ^ 1) << 3;
        flags |= ((uint)(descriptor >> 55) & 1) << 4;
        flags |= ((uint)(descriptor >> 47) & 1 ^ 1) << 5;
        return new UserDescriptor
        {
            Number = number,
            Base = (uint)(((descriptor >> 16) & 0xFF_FFFF) | ((descriptor >> 32) & 0xFF00_0000)),
            Limit = (uint)((descriptor & 0xFFFF) | ((descriptor >> 32) & 0xF_0000)),
            Flags = flags,
        };
    }

    private static bool TryWrite(ref UserDescriptor entry)
    {
        fixed (UserDescriptor* pointer = &entry)
            return (int)LinuxNative.SystemCall(LinuxNative.ModifyLdt, WriteEntry, (long)pointer, sizeof(UserDescriptor)) == 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct UserDescriptor
    {
        public uint Number;
        public uint Base;
        public uint Limit;
        public uint Flags;
    }
}
