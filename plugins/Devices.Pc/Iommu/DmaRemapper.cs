using System.Buffers.Binary;
using Dominion.Devices.Pc.Registers;
using Dominion.Memory;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>Walks root, context and second-level tables (Intel VT-d, 3.4, 3.7 and 9). It caches nothing itself: what requesters keep is good while <see cref="Generation"/> stays.</summary>
internal sealed class DmaRemapper
{
    /// <summary>How many bits an address of a requester can have.</summary>
    public const int InputBits = 48;

    private const ulong Present = 1;
    private const ulong SilentFaults = 2;
    private const ulong PageMask = 0xFFF;
    private const ulong RootReserved = 0xFFE;
    private const ulong ContextLowReserved = 0xFF0;
    private const ulong ContextHighReserved = 0xFFFF_FFFF_FF00_0080;
    private const int PageTables = 0;
    private const int PassThrough = 2;
    private const ulong CanRead = 1;
    private const ulong CanWrite = 2;
    private const ulong LargePage = 1 << 7;
    private const ulong AddressField = 0x000F_FFFF_FFFF_F000;
    private readonly IGuestMemory _memory;
    private readonly FaultLog _faults;
    private readonly ulong _beyondMemory;

    /// <summary>Makes a walker.</summary>
    /// <param name="map">The unit's registers, for those of the protected memory.</param>
    /// <param name="memory">Where the tables are.</param>
    /// <param name="addressBits">How many bits a physical address has.</param>
    /// <param name="faults">Where faults go.</param>
    public DmaRemapper(RegisterMap map, IGuestMemory memory, int addressBits, FaultLog faults)
    {
        Protected = new ProtectedMemory(map, addressBits, Invalidate);
        _memory = memory;
        _faults = faults;
        _beyondMemory = ~((1UL << addressBits) - 1);
    }

    /// <summary>What stays out of reach where no page table leads to it.</summary>
    public ProtectedMemory Protected { get; }

    /// <summary>Whether DMA is remapped.</summary>
    public bool Enabled { get; set; }

    /// <summary>The address of the root table.</summary>
    public ulong Root { get; set; }

    /// <summary>Changes with every invalidation.</summary>
    public int Generation { get; private set; }

    /// <summary>Makes everything that requesters keep stale: hardware may invalidate more than it is asked for (6.5.1).</summary>
    public void Invalidate() => Generation++;

    /// <summary>Finds where an address of a requester leads. A request that may not go there is recorded as a fault.</summary>
    /// <param name="requester">The requester.</param>
    /// <param name="address">Its address.</param>
    /// <param name="isWrite">Whether it writes.</param>
    /// <param name="mapping">The page, with rights to at least what was asked for.</param>
    /// <returns>False when the request is blocked.</returns>
    public bool TryTranslate(ushort requester, ulong address, bool isWrite, out DmaMapping mapping)
    {
        RemappingFault fault = Walk(requester, address, isWrite, out mapping, out bool isSilent);
        if (fault == RemappingFault.None)
            return isWrite ? mapping.CanWrite : mapping.CanRead;
        if (!isSilent)
            _faults.Record(fault, requester, address, !isWrite);
        return false;
    }

    /// <summary>Whether an address is in the range of interrupt messages, which never is memory (3.14).</summary>
    /// <param name="address">The address.</param>
    /// <returns>True from 0xFEE0_0000 to 0xFEEF_FFFF.</returns>
    public static bool IsInterrupt(ulong address) => address >> 20 == PcLayout.LocalApic >> 20;

    // The context entry's FPD counts whether or not the entry is present; faults before it are never silent (7.1).

    private RemappingFault Walk(ushort requester, ulong address, bool isWrite, out DmaMapping mapping, out bool isSilent)
    {
        mapping = default;
        isSilent = false;
        if (!TryReadPair(Root + ((ulong)(requester >> 8) * 16), out ulong low, out ulong high))
            return RemappingFault.RootTableUnreadable;
        if ((low & Present) == 0)
            return RemappingFault.RootNotPresent;
        if ((low & (RootReserved | _beyondMemory)) != 0 || high != 0)
            return RemappingFault.RootReserved;
        if (!TryReadPair((low & ~PageMask) + ((ulong)(requester & 0xFF) * 16), out low, out high))
            return RemappingFault.ContextTableUnreadable;
        isSilent = (low & SilentFaults) != 0;
        if ((low & Present) == 0)
            return RemappingFault.ContextNotPresent;
        if ((low & (ContextLowReserved | _beyondMemory)) != 0 || (high & ContextHighReserved) != 0)
            return RemappingFault.ContextReserved;
        int levels = (int)(high & 7) switch
        {
            1 => 3,
            2 => 4,
            _ => 0,
        };
        if (levels == 0)
            return RemappingFault.ContextInvalid;
        switch ((int)(low >> 2) & 3)
        {
            case PassThrough:
                return PassOn(address, out mapping);
            case PageTables:
                return address >> (12 + (9 * levels)) != 0 ? RemappingFault.AddressTooWide : WalkPages(low & ~PageMask, levels, address, isWrite, out mapping);
            default:
                return RemappingFault.ContextInvalid;
        }
    }

    // Memory that is protected is kept from what no table translates, and no fault is recorded (10.4.16).
    private RemappingFault PassOn(ulong address, out DmaMapping mapping)
    {
        mapping = default;
        if (address >> InputBits != 0)
            return RemappingFault.AddressTooWide;
        bool isOpen = !Protected.Blocks(address & ~PageMask, (int)PageMask + 1);
        mapping = new DmaMapping(address & ~PageMask, isOpen, isOpen);
        return RemappingFault.None;
    }

    private RemappingFault WalkPages(ulong table, int levels, ulong address, bool isWrite, out DmaMapping mapping)
    {
        mapping = default;
        ulong rights = CanRead | CanWrite;
        RemappingFault denied = isWrite ? RemappingFault.WriteDenied : RemappingFault.ReadDenied;
        for (int level = levels; ; level--)
        {
            int shift = 12 + (9 * (level - 1));
            if (!TryRead(table + (((address >> shift) & 511) * 8), out ulong entry))
                return RemappingFault.PageTableUnreadable;
            if ((entry & (CanRead | CanWrite)) == 0)
                return denied;
            ulong target = entry & AddressField;
            ulong inPage = (1UL << shift) - 1;
            bool isLarge = level > 1 && (entry & LargePage) != 0;
            if ((target & _beyondMemory) != 0 || (isLarge && (level > 3 || (target & inPage) != 0)))
                return RemappingFault.PageTableReserved;
            rights &= entry;
            if ((rights & (isWrite ? CanWrite : CanRead)) == 0)
                return denied;
            table = target;
            if (level > 1 && !isLarge)
                continue;
            ulong page = target | (address & inPage & ~PageMask);
            mapping = new DmaMapping(page, (rights & CanRead) != 0, (rights & CanWrite) != 0);
            return IsInterrupt(page) ? RemappingFault.InterruptRange : RemappingFault.None;
        }
    }

    private bool TryReadPair(ulong address, out ulong low, out ulong high)
    {
        Span<byte> bytes = stackalloc byte[16];
        bool read = _memory.TryRead(address, bytes);
        low = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        high = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        return read;
    }

    private bool TryRead(ulong address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bool read = _memory.TryRead(address, bytes);
        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return read;
    }
}
