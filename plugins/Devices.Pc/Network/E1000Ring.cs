using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Network;

/// <summary>A ring of descriptors of 16 bytes: the card owns those from head to before tail (Software Developer's Manual, 3.2.6 and 3.4).</summary>
internal sealed class E1000Ring : IPersistent
{
    /// <summary>The length of a descriptor.</summary>
    public const int DescriptorLength = 16;

    private ulong _base;
    private uint _length;
    private uint _head;
    private uint _tail;

    /// <summary>How many descriptors the ring has.</summary>
    public uint Count => _length / DescriptorLength;

    /// <summary>The address of the card's next descriptor.</summary>
    public ulong HeadAddress => _base + ((ulong)_head * DescriptorLength);

    /// <summary>How many descriptors the card owns; 0 when a pointer is outside the ring.</summary>
    public uint Available => _head >= Count || _tail >= Count ? 0 : _tail >= _head ? _tail - _head : _tail + Count - _head;

    /// <summary>Puts the registers in the card's table.</summary>
    /// <param name="map">The table.</param>
    /// <param name="offset">Where they start.</param>
    /// <param name="prefix">TD or RD.</param>
    /// <param name="moved">What happens when the driver moves the tail.</param>
    public void Describe(RegisterMap map, int offset, string prefix, Action moved) =>
        map.At(offset, prefix + "BAL", () => (uint)_base, (value, mask) => _base = Bits.Merge(_base, value, (ulong)mask) & ~0xFul)
            .At(offset + 4, prefix + "BAH", () => (uint)(_base >> 32), (value, mask) => _base = Bits.Merge(_base, (ulong)value << 32, (ulong)mask << 32))
            .At(offset + 8, prefix + "LEN", () => _length, (value, mask) => _length = Bits.Merge(_length, value, mask & 0xF_FF80))
            .At(offset + 0x10, prefix + "H", () => _head, (value, mask) => _head = Bits.Merge(_head, value, mask & 0xFFFF))
            .At(offset + 0x18, prefix + "T", () => _tail, (value, mask) =>
            {
                _tail = Bits.Merge(_tail, value, mask & 0xFFFF);
                moved();
            });

    /// <summary>Goes to the next descriptor.</summary>
    public void Advance() => _head = _head + 1 >= Count ? 0 : _head + 1;

    /// <summary>Reset.</summary>
    public void Reset()
    {
        _base = 0;
        _length = 0;
        _head = 0;
        _tail = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_base);
        writer.Write(_length);
        writer.Write(_head);
        writer.Write(_tail);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _base = reader.ReadUInt64() & ~0xFul;
        _length = reader.ReadUInt32() & 0xF_FF80;
        _head = reader.ReadUInt32() & 0xFFFF;
        _tail = reader.ReadUInt32() & 0xFFFF;
    }
}
