using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>The protected low and high memory regions (Intel VT-d, 10.4.16 to 10.4.19): what no function reaches while tables do not say where it may go. Base and limit have a granularity of 2 MiB.</summary>
internal sealed class ProtectedMemory : IPersistent
{
    private const uint Enable = 1U << 31;
    private const ulong Granule = 2UL << 20;
    private const uint LowBits = unchecked((uint)-(int)Granule);
    private readonly ulong _highBits;
    private readonly Action _changed;
    private uint _control;
    private uint _lowBase;
    private uint _lowLimit;
    private ulong _highBase;
    private ulong _highLimit;

    /// <summary>Assigns the registers.</summary>
    /// <param name="map">The unit's registers.</param>
    /// <param name="addressBits">How many bits a physical address has.</param>
    /// <param name="changed">Told of every change of what is protected.</param>
    public ProtectedMemory(RegisterMap map, int addressBits, Action changed)
    {
        _highBits = ((1UL << addressBits) - 1) & ~(Granule - 1);
        _changed = changed;
        map.At(0x64, "Protected memory enable", () => _control | (_control >> 31), (value, mask) => Set(ref _control, value, mask & Enable))
            .At(0x68, "Protected low memory base", () => _lowBase, (value, mask) => Set(ref _lowBase, value, mask & LowBits))
            .At(0x6C, "Protected low memory limit", () => _lowLimit, (value, mask) => Set(ref _lowLimit, value, mask & LowBits))
            .AtWide(0x70, "Protected high memory base", () => _highBase, (value, mask) => SetWide(ref _highBase, value, mask))
            .AtWide(0x78, "Protected high memory limit", () => _highLimit, (value, mask) => SetWide(ref _highLimit, value, mask));
    }

    /// <summary>Whether a request hits what is protected.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>True when it must be blocked.</returns>
    public bool Blocks(ulong address, int length)
    {
        if ((_control & Enable) == 0 || length == 0)
            return false;
        ulong last = address + (ulong)length - 1;
        return Overlaps(address, last, _lowBase, _lowLimit) || Overlaps(address, last, _highBase, _highLimit);
    }

    /// <summary>Takes the state after reset: nothing is protected.</summary>
    public void Reset()
    {
        _control = 0;
        _lowBase = 0;
        _lowLimit = 0;
        _highBase = 0;
        _highLimit = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_control);
        writer.Write(_lowBase);
        writer.Write(_lowLimit);
        writer.Write(_highBase);
        writer.Write(_highLimit);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _control = reader.ReadUInt32() & Enable;
        _lowBase = reader.ReadUInt32() & LowBits;
        _lowLimit = reader.ReadUInt32() & LowBits;
        _highBase = reader.ReadUInt64() & _highBits;
        _highLimit = reader.ReadUInt64() & _highBits;
    }

    // The limit's granule is part of the region. A limit under its base is no region.
    private static bool Overlaps(ulong first, ulong last, ulong start, ulong limit) =>
        start <= limit && first <= (limit | (Granule - 1)) && last >= start;

    private void Set(ref uint register, uint value, uint mask)
    {
        register = Bits.Merge(register, value, mask);
        _changed();
    }

    private void SetWide(ref ulong register, ulong value, ulong mask)
    {
        register = Bits.Merge(register, value, mask & _highBits);
        _changed();
    }
}
