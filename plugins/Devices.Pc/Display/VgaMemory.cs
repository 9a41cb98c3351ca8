using Dominion.Buses;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Display;

/// <summary>Video memory as the processor sees it through the legacy window at A0000h: four planes behind the graphics controller (PS/2 Hardware Interface Technical Reference, Video Subsystem, "Graphics Controller"). Byte <c>4 * offset + plane</c> of the memory is a plane's byte, so that a linear mode has its bytes one after the other.</summary>
internal sealed class VgaMemory : IBusTarget, IPersistent
{
    private const int PlaneLength = 64 << 10;
    private readonly VgaRegisters _registers;
    private readonly DispiRegisters _linear;
    private readonly byte[] _memory;
    private readonly byte[] _latches = new byte[4];

    /// <summary>Makes the window.</summary>
    /// <param name="registers">The registers.</param>
    /// <param name="linear">The linear modes' registers.</param>
    /// <param name="memory">The video memory.</param>
    public VgaMemory(VgaRegisters registers, DispiRegisters linear, byte[] memory)
    {
        _registers = registers;
        _linear = linear;
        _memory = memory;
    }

    private bool IsChained => (_registers.Sequencer[4] & 0x08) != 0;

    private bool IsOddEven => (_registers.Sequencer[4] & 0x04) == 0;

    /// <summary>Forgets the latches.</summary>
    public void Reset() => Array.Clear(_latches);

    /// <inheritdoc/>
    public ulong Read(in BusAccess access)
    {
        ulong value = 0;
        for (int i = 0; i < (int)access.Width; i++)
            value |= (ulong)ReadByte((int)access.Offset + i) << (8 * i);
        return value;
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        for (int i = 0; i < (int)access.Width; i++)
            WriteByte((int)access.Offset + i, (byte)(value >> (8 * i)));
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("vga-memory", 1);
        writer.Write(_latches.AsSpan());
        int used = _memory.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        writer.Write(_memory.AsSpan(0, used));
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("vga-memory", 1);
        byte[] latches = reader.ReadBytes();
        byte[] memory = reader.ReadBytes();
        if (latches.Length != _latches.Length || memory.Length > _memory.Length)
            throw new InvalidDataException($"{memory.Length} bytes of video memory");
        latches.CopyTo(_latches, 0);
        Array.Clear(_memory);
        memory.CopyTo(_memory, 0);
    }

    // Which part of the 128 KiB answers: graphics controller register 6, bits 3–2.
    private bool TryLocate(int offset, out int inside)
    {
        int map = (_registers.Graphics[6] >> 2) & 3;
        (int start, int length) = map switch
        {
            0 => (0, 0x2_0000),
            1 => (0, 0x1_0000),
            2 => (0x1_0000, 0x8000),
            _ => (0x1_8000, 0x8000),
        };
        inside = offset - start;
        return (uint)inside < (uint)length && (_registers.Miscellaneous & 2) != 0;
    }

    private byte ReadByte(int offset)
    {
        if (!TryLocate(offset, out int address))
            return 0xFF;
        if (IsLinear(address, out int linear))
            return _memory[linear];

        bool oddEven = (_registers.Graphics[5] & 0x10) != 0;
        int at = PlaneOffset(oddEven ? address >> 1 : address);
        for (int plane = 0; plane < 4; plane++)
            _latches[plane] = _memory[at + plane];
        if ((_registers.Graphics[5] & 0x08) == 0)
            return _latches[oddEven ? (_registers.Graphics[4] & 2) | (address & 1) : _registers.Graphics[4]];

        // Read mode 1: the pixels whose colour is the one to compare with, in the planes to care for.
        int same = 0xFF;
        for (int plane = 0; plane < 4; plane++)
        {
            if (((_registers.Graphics[7] >> plane) & 1) != 0)
                same &= ~(_latches[plane] ^ Spread(_registers.Graphics[2], plane));
        }

        return (byte)same;
    }

    private void WriteByte(int offset, byte value)
    {
        if (!TryLocate(offset, out int address))
            return;
        int mapMask = _registers.Sequencer[2];
        if (IsLinear(address, out int linear))
        {
            if (_linear.IsEnabled || ((mapMask >> (address & 3)) & 1) != 0)
                _memory[linear] = value;
            return;
        }

        if (IsOddEven)
        {
            mapMask &= (address & 1) == 0 ? 0b0101 : 0b1010;
            address >>= 1;
        }

        int at = PlaneOffset(address);
        for (int plane = 0; plane < 4; plane++)
        {
            if (((mapMask >> plane) & 1) != 0)
                _memory[at + plane] = Compose(plane, value);
        }
    }

    // What a write makes of a plane's byte: graphics controller registers 0, 1, 3, 5 and 8.
    private byte Compose(int plane, byte value)
    {
        ReadOnlySpan<byte> graphics = _registers.Graphics;
        int rotation = graphics[3] & 7;
        int rotated = ((value >> rotation) | (value << (8 - rotation))) & 0xFF;
        int bits = graphics[8];
        int set = Spread(graphics[0], plane);
        int data;
        switch (graphics[5] & 3)
        {
            case 0:
                data = ((graphics[1] >> plane) & 1) != 0 ? set : rotated;
                break;
            case 1:
                return _latches[plane];
            case 2:
                data = Spread(value, plane);
                break;
            default:
                data = set;
                bits &= rotated;
                break;
        }

        int latch = _latches[plane];
        data = ((graphics[3] >> 3) & 3) switch
        {
            0 => data,
            1 => data & latch,
            2 => data | latch,
            _ => data ^ latch,
        };
        return (byte)((data & bits) | (latch & ~bits));
    }

    private static int Spread(int value, int plane) => ((value >> plane) & 1) != 0 ? 0xFF : 0;

    private static int PlaneOffset(int address) => (address & (PlaneLength - 1)) * 4;

    // Chain 4 and the linear modes' window: the planes' bytes in order.
    private bool IsLinear(int address, out int linear)
    {
        if (_linear.IsEnabled && _linear.BitsPerPixel > 4)
        {
            linear = _linear.Bank + (address & (PlaneLength - 1));
            return linear < _memory.Length;
        }

        linear = address;
        return IsChained;
    }
}
