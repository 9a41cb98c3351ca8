using Dominion.Buses;

namespace Dominion.Devices.Pc.Registers;

/// <summary>A device's registers as a table. All have one size; a wider access is taken apart in ascending order, a narrower one reads its part of the register and writes under a mask.</summary>
internal sealed class RegisterMap : IBusTarget
{
    private readonly Register[] _registers;
    private readonly int _size;
    private readonly uint _ones;

    /// <summary>Makes a table in which nothing is assigned.</summary>
    /// <param name="size">The size of a register in bytes: 1, 2 or 4.</param>
    /// <param name="length">The length of the range in bytes, a multiple of the size.</param>
    /// <param name="unassigned">What an unassigned or write-only register reads as; bits above the size are ignored.</param>
    public RegisterMap(int size, int length, uint unassigned = uint.MaxValue)
    {
        _size = size;
        _ones = size == 4 ? uint.MaxValue : (1U << (size * 8)) - 1;
        uint value = unassigned & _ones;
        _registers = new Register[length / size];
        Array.Fill(_registers, new Register("", () => value, static (_, _) => { }));
    }

    /// <summary>Assigns a register.</summary>
    /// <param name="offset">Its offset in bytes, a multiple of the size.</param>
    /// <param name="name">Its name in the data sheet.</param>
    /// <param name="read">Gives the value, or null for one that cannot be read.</param>
    /// <param name="write">Takes the value and the mask of the bits that are written, or null for one that cannot be written.</param>
    /// <returns>This table.</returns>
    public RegisterMap At(int offset, string name, Func<uint>? read = null, Action<uint, uint>? write = null)
    {
        ref Register register = ref _registers[offset / _size];
        register = new Register(name, read ?? register.Read, write ?? register.Write);
        return this;
    }

    /// <summary>Assigns a register of 64 bits to two places of 32, low half first: a table of 32-bit registers.</summary>
    /// <param name="offset">Its offset in bytes, a multiple of 8.</param>
    /// <param name="name">Its name in the data sheet.</param>
    /// <param name="read">Gives the value, or null for one that cannot be read.</param>
    /// <param name="write">Takes the value and the mask of the bits that are written, a half at a time, or null for one that cannot be written.</param>
    /// <returns>This table.</returns>
    public RegisterMap AtWide(int offset, string name, Func<ulong>? read = null, Action<ulong, ulong>? write = null) =>
        At(offset, $"{name}, low", read is null ? null : () => (uint)read(), write is null ? null : (value, mask) => write(value, mask))
            .At(offset + 4, $"{name}, high", read is null ? null : () => (uint)(read() >> 32), write is null ? null : (value, mask) => write((ulong)value << 32, (ulong)mask << 32));

    /// <summary>The table's rows, for a person.</summary>
    /// <returns>Offset and name of each assigned register.</returns>
    public IEnumerable<(int Offset, string Name)> Describe()
    {
        for (int i = 0; i < _registers.Length; i++)
        {
            if (_registers[i].Name.Length != 0)
                yield return (i * _size, _registers[i].Name);
        }
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access)
    {
        int offset = (int)access.Offset;
        int end = offset + (int)access.Width;
        ulong value = 0;
        for (int at = offset - (offset % _size); at < end; at += _size)
        {
            int index = at / _size;
            ulong part = index < _registers.Length ? _registers[index].Read() & _ones : _ones;
            value |= at >= offset ? part << ((at - offset) * 8) : part >> ((offset - at) * 8);
        }

        return value;
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        int offset = (int)access.Offset;
        int width = (int)access.Width;
        int end = offset + width;
        ulong written = width == 8 ? ulong.MaxValue : (1UL << (width * 8)) - 1;
        for (int at = offset - (offset % _size); at < end; at += _size)
        {
            int index = at / _size;
            if (index >= _registers.Length)
                return;
            int shift = (at - offset) * 8;
            uint mask = (uint)(shift >= 0 ? written >> shift : written << -shift) & _ones;
            uint part = (uint)(shift >= 0 ? value >> shift : value << -shift) & mask;
            _registers[index].Write(part, mask);
        }
    }

    private readonly record struct Register(string Name, Func<uint> Read, Action<uint, uint> Write);
}
