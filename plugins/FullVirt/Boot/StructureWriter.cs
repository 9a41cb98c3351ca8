using System.Buffers.Binary;
using System.Text;

namespace Dominion.FullVirt.Boot;

/// <summary>Builds a little-endian structure field by field.</summary>
internal sealed class StructureWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>How long the structure is so far.</summary>
    public int Length => _bytes.Count;

    /// <summary>Adds 32 bits.</summary>
    public void Add32(uint value)
    {
        Span<byte> field = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(field, value);
        _bytes.AddRange(field);
    }

    /// <summary>Adds 64 bits.</summary>
    public void Add64(ulong value)
    {
        Span<byte> field = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(field, value);
        _bytes.AddRange(field);
    }

    /// <summary>Adds bytes.</summary>
    public void Add(byte[] bytes) => _bytes.AddRange(bytes);

    /// <summary>Adds zeroes up to an offset.</summary>
    public void Pad(int offset) => _bytes.AddRange(new byte[offset - _bytes.Count]);

    /// <summary>Adds a text with its terminating zero.</summary>
    /// <returns>Its offset.</returns>
    public int Text(string text)
    {
        int offset = _bytes.Count;
        _bytes.AddRange(Encoding.UTF8.GetBytes(text));
        _bytes.Add(0);
        return offset;
    }

    /// <summary>The structure.</summary>
    public byte[] ToArray() => [.. _bytes];
}
