using System.Buffers.Binary;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Network;

/// <summary>The card's memory for received frames that wait for descriptors (Software Developer's Manual, 2.2 and 13.4.29 "PBA").</summary>
internal sealed class E1000PacketBuffer : IPersistent
{
    private const int Capacity = 64 << 10;
    private const int HeaderLength = 2;
    private readonly byte[] _bytes = new byte[Capacity];
    private int _start;
    private int _length;

    /// <summary>Whether no frame waits.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>The length of the first frame.</summary>
    public int FirstLength
    {
        get
        {
            Span<byte> header = stackalloc byte[HeaderLength];
            Copy(_start, header);
            return BinaryPrimitives.ReadUInt16LittleEndian(header);
        }
    }

    /// <summary>Puts a frame behind the others.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="limit">How much of the buffer may be used.</param>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> frame, int limit)
    {
        if (_length + HeaderLength + frame.Length > Math.Min(limit, Capacity))
            return false;
        Span<byte> header = stackalloc byte[HeaderLength];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)frame.Length);
        Append(header);
        Append(frame);
        return true;
    }

    /// <summary>Takes the first frame.</summary>
    /// <param name="frame">Takes <see cref="FirstLength"/> bytes.</param>
    public void Take(Span<byte> frame)
    {
        Copy(_start + HeaderLength, frame);
        _start = (_start + HeaderLength + frame.Length) % Capacity;
        _length -= HeaderLength + frame.Length;
    }

    /// <summary>Forgets all frames.</summary>
    public void Reset()
    {
        _start = 0;
        _length = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        byte[] bytes = new byte[_length];
        Copy(_start, bytes);
        writer.Write(bytes.AsSpan());
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        byte[] bytes = reader.ReadBytes();
        Reset();
        if (bytes.Length > Capacity)
            throw new InvalidDataException($"a packet buffer of {bytes.Length} bytes");
        for (int at = 0; at < bytes.Length;)
        {
            int length = at + HeaderLength <= bytes.Length ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at)) : Capacity;
            at += HeaderLength + length;
            if (at > bytes.Length || length is < 14 or > E1000Receiver.MostFrame)
                throw new InvalidDataException("a packet buffer's frames are out of its bounds");
        }

        Append(bytes);
    }

    private void Append(ReadOnlySpan<byte> source)
    {
        int at = (_start + _length) % Capacity;
        int first = Math.Min(source.Length, Capacity - at);
        source[..first].CopyTo(_bytes.AsSpan(at));
        source[first..].CopyTo(_bytes);
        _length += source.Length;
    }

    private void Copy(int start, Span<byte> destination)
    {
        int at = start % Capacity;
        int first = Math.Min(destination.Length, Capacity - at);
        _bytes.AsSpan(at, first).CopyTo(destination);
        _bytes.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }
}
