using Dominion.Memory;

namespace Dominion.Cpu.X86.Tests.Paging;

/// <summary>One walk: a chain of entries, the control bits, and an access. Works out what the manual says of it, entry by entry, without a look at the core.</summary>
internal sealed class WalkCase
{
    public const ulong Linear = 0x0040_1234;
    private const ulong First = 0x10_0000;
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong User = 4;
    private const ulong Accessed = 0x20;
    private const ulong Dirty = 0x40;
    private const ulong Large = 0x80;
    private const ulong NoExecute = 1UL << 63;

    /// <summary>Bits that are wrong somewhere: bit 13 of a large page's frame, a physical address bit beyond the last, NX.</summary>
    private static readonly ulong[] Odd = [0, 0, 0, 0, 0, 1 << 13, 1UL << 45, 1UL << 52, 1UL << 21, NoExecute];

    public WalkCase(PagingMode mode, int seed)
    {
        var random = new Random(seed);
        Mode = mode;
        bool Chance(int percent) => random.Next(100) < percent;
        WriteProtect = Chance(50);
        NoExecuteEnabled = mode != PagingMode.Bits32 && Chance(70);
        Smep = Chance(50);
        Smap = Chance(50);
        PageSizeExtensions = Chance(70);
        Kind = (MemoryAccess)random.Next(3);
        IsUser = Chance(50);
        AlignmentCheck = Chance(50);
        int[] shifts = mode switch
        {
            PagingMode.Bits32 => [22, 12],
            PagingMode.Pae => [21, 12],
            _ => [39, 30, 21, 12],
        };
        ulong table = First;
        foreach (int shift in shifts)
        {
            ulong rights = (Chance(93) ? Present : 0) | (Chance(80) ? Writable : 0) | (Chance(80) ? User : 0)
                | (Chance(50) ? Accessed : 0) | (Chance(50) ? Dirty : 0) | (Chance(25) ? Large : 0);
            ulong odd = Odd[random.Next(Odd.Length)];
            if (mode == PagingMode.Bits32)
                odd &= 1 << 21;
            int entrySize = mode == PagingMode.Bits32 ? 4 : 8;
            int mask = mode == PagingMode.Bits32 ? 1023 : 511;
            ulong next = table + 0x1000;
            bool leaf = IsLeaf(shift, rights);
            ulong frame = leaf ? 0x20_0000UL & ~((1UL << shift) - 1) : next;
            if (leaf && shift == 12)
                frame = 0x20_0000;
            if (!leaf)
                odd &= ~((1UL << 13) | (1UL << 21));
            Entries.Add(new WalkEntry(table + ((Linear >> shift & (ulong)mask) * (ulong)entrySize), shift, frame | rights | odd));
            table = next;
            if (leaf)
                break;
        }
    }

    public PagingMode Mode { get; }

    public bool WriteProtect { get; }

    public bool NoExecuteEnabled { get; }

    public bool Smep { get; }

    public bool Smap { get; }

    public bool PageSizeExtensions { get; }

    public MemoryAccess Kind { get; }

    public bool IsUser { get; }

    public bool AlignmentCheck { get; }

    public List<WalkEntry> Entries { get; } = [];

    public static ulong Root => First;

    /// <summary>The error code, or null for a walk that ends well.</summary>
    public uint? ExpectedFault()
    {
        uint code = (Kind == MemoryAccess.Write ? 2u : 0) | (IsUser ? 4u : 0)
            | (Kind == MemoryAccess.Execute && (Smep || NoExecuteEnabled) ? 16u : 0);
        ulong all = ulong.MaxValue;
        bool noExecute = false;
        foreach (WalkEntry entry in Entries)
        {
            if ((entry.Value & Present) == 0)
                return code;
            if ((entry.Value & Reserved(entry)) != 0)
                return code | 9;
            all &= entry.Value;
            noExecute |= NoExecuteEnabled && (entry.Value & NoExecute) != 0;
        }

        bool userPage = (all & User) != 0;
        bool writable = (all & Writable) != 0;
        bool allowed = (IsUser, Kind) switch
        {
            (true, MemoryAccess.Read) => userPage,
            (true, MemoryAccess.Write) => userPage && writable,
            (true, _) => userPage && !noExecute,
            (false, MemoryAccess.Read) => !userPage || !Smap || AlignmentCheck,
            (false, MemoryAccess.Write) => (!userPage || !Smap || AlignmentCheck) && (writable || !WriteProtect),
            (false, _) => !noExecute && !(userPage && Smep),
        };
        return allowed ? null : code | 1;
    }

    /// <summary>What an entry is after a walk that ends well (SDM volume 3A, 4.8).</summary>
    public ulong After(WalkEntry entry) =>
        entry.Value | Accessed | (Kind == MemoryAccess.Write && entry == Entries[^1] ? Dirty : 0);

    /// <summary>The physical address (SDM volume 3A, 4.3 to 4.5).</summary>
    public ulong ExpectedPhysical()
    {
        WalkEntry leaf = Entries[^1];
        ulong offset = (1UL << leaf.Shift) - 1;
        return (leaf.Value & 0xF_FFFF_FFFF_F000 & ~offset) | (Linear & offset);
    }

    public override string ToString() =>
        $"{Mode} {Kind} user={IsUser} wp={WriteProtect} nxe={NoExecuteEnabled} smep={Smep} smap={Smap} ac={AlignmentCheck} pse={PageSizeExtensions}: "
        + string.Join(' ', Entries.Select(entry => $"{entry.Shift}:{entry.Value:X}"));

    private bool IsLeaf(int shift, ulong entry) => shift == 12
        || ((entry & Large) != 0 && (Mode == PagingMode.Bits32 ? PageSizeExtensions : shift is 21 or 30));

    private ulong Reserved(WalkEntry entry)
    {
        bool leaf = IsLeaf(entry.Shift, entry.Value);
        if (Mode == PagingMode.Bits32)
            return leaf && entry.Shift == 22 ? 1UL << 21 : 0;
        ulong bits = 0x000F_FF00_0000_0000;
        if (!NoExecuteEnabled)
            bits |= NoExecute;
        if (Mode == PagingMode.Pae)
            bits |= 0x7FF0_0000_0000_0000;
        return bits | (entry.Shift, leaf) switch
        {
            (39, _) => Large,
            (30, true) => 0x3FFF_E000,
            (21, true) => 0x001F_E000,
            _ => 0,
        };
    }
}
