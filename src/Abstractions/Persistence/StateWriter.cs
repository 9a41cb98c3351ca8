using System.Buffers.Binary;
using System.Text;

namespace Dominion.Persistence;

/// <summary>Writes state as named, versioned sections of little-endian fields.</summary>
public sealed class StateWriter
{
    private readonly Stream _stream;

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <param name="stream">A writable stream.</param>
    public StateWriter(Stream stream)
    {
        _stream = stream;
    }

    /// <summary>Starts a section; <see cref="StateReader.BeginSection"/> checks both.</summary>
    /// <param name="name">The section's name.</param>
    /// <param name="version">The version of its layout.</param>
    public void BeginSection(string name, int version)
    {
        Write(name);
        Write(version);
    }

    /// <summary>Writes eight bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(byte value) => _stream.WriteByte(value);

    /// <summary>Writes a truth value as one byte.</summary>
    /// <param name="value">The value.</param>
    public void Write(bool value) => _stream.WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Writes 16 bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(ushort value)
    {
        Span<byte> buffer = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(buffer, value);
        _stream.Write(buffer);
    }

    /// <summary>Writes 32 bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(int value) => Write((uint)value);

    /// <summary>Writes 32 bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(uint value)
    {
        Span<byte> buffer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, value);
        _stream.Write(buffer);
    }

    /// <summary>Writes 64 bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(long value) => Write((ulong)value);

    /// <summary>Writes 64 bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(ulong value)
    {
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
        _stream.Write(buffer);
    }

    /// <summary>Writes a text with its length.</summary>
    /// <param name="value">The text.</param>
    public void Write(string value) => Write(Encoding.UTF8.GetBytes(value));

    /// <summary>Writes bytes with their count.</summary>
    /// <param name="value">The bytes.</param>
    public void Write(ReadOnlySpan<byte> value)
    {
        Write(value.Length);
        _stream.Write(value);
    }
}
