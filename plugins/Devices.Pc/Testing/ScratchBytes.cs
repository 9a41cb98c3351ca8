using Dominion.Buses;

namespace Dominion.Devices.Pc.Testing;

/// <summary>Bytes behind a bus that read back as they were written.</summary>
/// <param name="length">How many.</param>
internal sealed class ScratchBytes(int length) : IBusTarget
{
    private readonly byte[] _bytes = new byte[length];

    /// <summary>How many there are.</summary>
    public int Length => _bytes.Length;

    /// <summary>What they hold.</summary>
    public ReadOnlySpan<byte> Content => _bytes;

    /// <summary>Makes them all 0.</summary>
    public void Clear() => Array.Clear(_bytes);

    /// <summary>Replaces them all.</summary>
    /// <param name="bytes">As many bytes.</param>
    /// <exception cref="InvalidDataException">There are more or fewer.</exception>
    public void Set(byte[] bytes)
    {
        if (bytes.Length != _bytes.Length)
            throw new InvalidDataException($"{bytes.Length} bytes for {_bytes.Length}");
        bytes.CopyTo(_bytes, 0);
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access)
    {
        ulong value = 0;
        for (int i = 0; i < (int)access.Width; i++)
            value |= (ulong)_bytes[(int)access.Offset + i] << (8 * i);
        return value;
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        for (int i = 0; i < (int)access.Width; i++)
            _bytes[(int)access.Offset + i] = (byte)(value >> (8 * i));
    }
}
