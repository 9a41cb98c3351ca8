using System.Buffers.Binary;
using Dominion.Memory;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>Makes messages to the local APICs of interrupt requests by the interrupt remapping table (Intel VT-d, 5.1 and 9.10). Entries are read anew for every request.</summary>
internal sealed class InterruptRemapper
{
    private const ulong RemappableFormat = 1 << 4;
    private const ulong SubhandleValid = 1 << 3;
    private const ulong Present = 1;
    private const ulong SilentFaults = 2;

    // The posted mode is not there: its bit is reserved.
    private const ulong LowReserved = 0xFF00_F000;
    private const ulong DestinationReserved = 0xFFFF_00FF_0000_0000;
    private const ulong HighReserved = 0xFFFF_FFFF_FFF0_0000;
    private readonly IGuestMemory _memory;
    private readonly FaultLog _faults;

    /// <summary>Makes a remapper.</summary>
    /// <param name="memory">Where the table is.</param>
    /// <param name="faults">Where faults go.</param>
    public InterruptRemapper(IGuestMemory memory, FaultLog faults)
    {
        _memory = memory;
        _faults = faults;
    }

    /// <summary>Whether interrupts are remapped.</summary>
    public bool Enabled { get; set; }

    /// <summary>Whether requests of the compatibility format go through, outside extended mode.</summary>
    public bool PassesCompatibility { get; set; }

    /// <summary>Whether destinations have 32 bits.</summary>
    public bool IsExtended { get; set; }

    /// <summary>The address of the table.</summary>
    public ulong Table { get; set; }

    /// <summary>How many entries the table has.</summary>
    public int EntryCount { get; set; }

    /// <summary>Remaps a request. One that is blocked is recorded as a fault.</summary>
    /// <param name="requester">The requester.</param>
    /// <param name="address">The request's address, 0xFEEx_xxxx; becomes the message's.</param>
    /// <param name="data">The request's data; becomes the message's.</param>
    /// <returns>False when the request is blocked.</returns>
    public bool TryRemap(ushort requester, ref ulong address, ref uint data)
    {
        if (!Enabled)
            return true;
        int index = 0;
        RemappingFault fault;
        bool isSilent = false;
        if ((address & RemappableFormat) == 0)
        {
            if (PassesCompatibility && !IsExtended)
                return true;
            fault = RemappingFault.CompatibilityBlocked;
        }
        else
        {
            fault = FindIndex(address, data, out index);
            if (fault == RemappingFault.None)
                fault = Look(requester, index, ref address, ref data, out isSilent);
        }

        if (fault == RemappingFault.None)
            return true;
        if (!isSilent)
            _faults.Record(fault, requester, (ulong)(ushort)index << 48, isRead: false);
        return false;
    }

    // 5.1.5.2: the handle's bit 15 is the address's bit 2.
    private RemappingFault FindIndex(ulong address, uint data, out int index)
    {
        index = (int)(((address >> 5) & 0x7FFF) | ((address & 4) << 13));
        if ((address & SubhandleValid) != 0)
        {
            if (data > ushort.MaxValue)
                return RemappingFault.RequestReserved;
            index += (int)data;
        }

        return index < EntryCount ? RemappingFault.None : RemappingFault.IndexTooLarge;
    }

    private RemappingFault Look(ushort requester, int index, ref ulong address, ref uint data, out bool isSilent)
    {
        Span<byte> entry = stackalloc byte[16];
        isSilent = false;
        if (!_memory.TryRead(Table + ((ulong)index * 16), entry))
            return RemappingFault.EntryUnreadable;
        ulong low = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        ulong high = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);

        // FPD counts whether or not the entry is present (9.10).
        isSilent = (low & SilentFaults) != 0;
        if ((low & Present) == 0)
            return RemappingFault.EntryNotPresent;
        int mode = (int)(low >> 5) & 7;
        if ((low & (LowReserved | (IsExtended ? 0 : DestinationReserved))) != 0 || (high & HighReserved) != 0 || mode is 3 or 6)
            return RemappingFault.EntryReserved;
        switch ((int)(high >> 18) & 3)
        {
            case 1 when !IsSource(requester, (ushort)high, (int)(high >> 16) & 3):
            case 2 when (requester >> 8) < (int)((high >> 8) & 0xFF) || (requester >> 8) > (int)(high & 0xFF):
                return RemappingFault.SourceDenied;
            case 3:
                return RemappingFault.EntryReserved;
        }

        uint destination = IsExtended ? (uint)(low >> 32) : (uint)(low >> 40) & 0xFF;
        bool isLogical = (low & 4) != 0;
        bool redirects = (low & 8) != 0;
        bool isLevel = (low & 16) != 0;
        address = ((ulong)(destination >> 8) << 40) | PcLayout.LocalApic | ((ulong)(byte)destination << 12) | (redirects ? 8UL : 0) | (isLogical ? 4UL : 0);
        data = (byte)(low >> 16) | ((uint)mode << 8) | (1U << 14) | (isLevel ? 1U << 15 : 0);
        return RemappingFault.None;
    }

    // The qualifier leaves out bits of the function number: none, bit 2, bits 2 and 1, all three.
    private static bool IsSource(ushort requester, ushort source, int qualifier)
    {
        int ignored = qualifier switch
        {
            1 => 4,
            2 => 6,
            3 => 7,
            _ => 0,
        };
        return ((requester ^ source) & ~ignored) == 0;
    }
}
