using System.Buffers.Binary;
using System.Text;

namespace Dominion.Persistence;

/// <summary>Reads what a <see cref="StateWriter"/> wrote. Every member throws <see cref="InvalidDataException"/> on damaged data.</summary>
public sealed class StateReader
{
    private const int MaximumLength = 1 << 28;
    private readonly Stream _stream;

    /// <summary>Reads from a stream, which stays open.</summary>
    /// <param name="stream">A readable stream.</param>
    public StateReader(Stream stream)
    {
        _stream = stream;
    }

    /// <summary>Enters the section that must come next.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="maximumVersion">The newest version that the caller reads.</param>
    /// <returns>The version that was written, from 1.</returns>
    public int BeginSection(string name, int maximumVersion)
    {
        string found = ReadString();
        if (found != name)
            throw new InvalidDataException($"section '{name}' expected, found '{found}'");
        int version = ReadInt32();
        if (version < 1 || version > maximumVersion)
            throw new InvalidDataException($"section '{name}' has version {version}; this build reads 1 to {maximumVersion}");
        return version;
    }

    /// <summary>Reads eight bits.</summary>
    /// <returns>The value.</returns>
    public byte ReadByte()
    {
        int value = _stream.ReadByte();
        return value >= 0 ? (byte)value : throw new InvalidDataException("the state ends early");
    }

    /// <summary>Reads a truth value.</summary>
    /// <returns>The value.</returns>
    public bool ReadBoolean() => ReadByte() switch
    {
        0 => false,
        1 => true,
        byte other => throw new InvalidDataException($"{other} is no truth value"),
    };

    /// <summary>Reads 16 bits.</summary>
    /// <returns>The value.</returns>
    public ushort ReadUInt16()
    {
        Span<byte> buffer = stackalloc byte[2];
        Fill(buffer);
        return BinaryPrimitives.ReadUInt16LittleEndian(buffer);
    }

    /// <summary>Reads 32 bits.</summary>
    /// <returns>The value.</returns>
    public int ReadInt32() => (int)ReadUInt32();

    /// <summary>Reads 32 bits.</summary>
    /// <returns>The value.</returns>
    public uint ReadUInt32()
    {
        Span<byte> buffer = stackalloc byte[4];
        Fill(buffer);
        return BinaryPrimitives.ReadUInt32LittleEndian(buffer);
    }

    /// <summary>Reads 64 bits.</summary>
    /// <returns>The value.</returns>
    public long ReadInt64() => (long)ReadUInt64();

    /// <summary>Reads 64 bits.</summary>
    /// <returns>The value.</returns>
    public ulong ReadUInt64()
    {
        Span<byte> buffer = stackalloc byte[8];
        Fill(buffer);
        return BinaryPrimitives.ReadUInt64LittleEndian(buffer);
    }

    /// <summary>Reads a text.</summary>
    /// <returns>The text.</returns>
    public string ReadString() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>Reads bytes with their count.</summary>
    /// <returns>The bytes.</returns>
    public byte[] ReadBytes()
    {
        int length = ReadInt32();
        if (length is < 0 or > MaximumLength)
            throw new InvalidDataException($"a length of {length} is out of range");
        byte[] bytes = new byte[length];
        Fill(bytes);
        return bytes;
    }

    private void Fill(Span<byte> buffer)
    {
        if (_stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) != buffer.Length)
            throw new InvalidDataException("the state ends early");
    }
}
