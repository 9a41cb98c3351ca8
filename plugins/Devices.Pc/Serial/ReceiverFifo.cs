using Dominion.Persistence;

namespace Dominion.Devices.Pc.Serial;

/// <summary>
/// A UART's receiver: its FIFO of 16 bytes, and the bytes of the stream that the guest cleared away before it read them. A wire would
/// have lost those; here they wait and arrive once more, so that a driver that resets the FIFO while it starts does not eat what
/// was typed ahead. Bytes that were looped back are lost by a clear, as the data sheet says.
/// </summary>
internal sealed class ReceiverFifo
{
    /// <summary>How many bytes it holds.</summary>
    public const int Length = 16;

    // Both together never hold more than Length bytes of the stream: none is taken from it while some wait.
    private readonly byte[] _bytes = new byte[Length];
    private readonly byte[] _waiting = new byte[Length];
    private int _first;
    private int _looped;

    /// <summary>How many bytes the guest can read.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes were cleared away and are to arrive again.</summary>
    public int Waiting { get; private set; }

    /// <summary>Adds a byte; the caller has seen that there is room.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="isLooped">Whether it comes from the transmitter and not from the stream.</param>
    public void Push(byte value, bool isLooped)
    {
        _bytes[(_first + Count) % Length] = value;
        Count++;
        // The stream's bytes leave before the first one is looped, so looped ones are always in front.
        if (isLooped)
            _looped++;
    }

    /// <summary>Takes the oldest byte; the caller has seen that there is one.</summary>
    public byte Pop()
    {
        byte value = _bytes[_first];
        _first = (_first + 1) % Length;
        Count--;
        if (_looped > 0)
            _looped--;
        return value;
    }

    /// <summary>Empties the FIFO. What came from the stream waits to arrive again, in front of what waits already.</summary>
    public void Clear()
    {
        int kept = Count - _looped;
        Array.Copy(_waiting, 0, _waiting, kept, Waiting);
        for (int i = 0; i < kept; i++)
            _waiting[i] = _bytes[(_first + _looped + i) % Length];
        Waiting += kept;
        _first = 0;
        _looped = 0;
        Count = 0;
    }

    /// <summary>Lets bytes that wait arrive.</summary>
    /// <param name="capacity">How many bytes the FIFO may hold.</param>
    /// <returns>Whether any arrived.</returns>
    public bool Refill(int capacity)
    {
        int moved = Math.Min(Waiting, capacity - Count);
        if (moved <= 0)
            return false;
        for (int i = 0; i < moved; i++)
            Push(_waiting[i], isLooped: false);
        Waiting -= moved;
        Array.Copy(_waiting, moved, _waiting, 0, Waiting);
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _first = 0;
        _looped = 0;
        Count = 0;
        Waiting = 0;
    }

    /// <summary>Writes the state.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(_bytes);
        writer.Write(_first);
        writer.Write(Count);
        writer.Write(_looped);
        writer.Write(_waiting);
        writer.Write(Waiting);
    }

    /// <summary>Reads the state.</summary>
    public void Restore(StateReader reader)
    {
        byte[] bytes = reader.ReadBytes();
        int first = reader.ReadInt32();
        int count = reader.ReadInt32();
        int looped = reader.ReadInt32();
        byte[] waiting = reader.ReadBytes();
        int waitingCount = reader.ReadInt32();
        if (bytes.Length != Length || waiting.Length != Length || first is < 0 or >= Length || count is < 0 or > Length
            || looped < 0 || looped > count || waitingCount < 0 || waitingCount > Length - (count - looped))
        {
            throw new InvalidDataException("a UART's FIFO holds 16 bytes");
        }

        bytes.CopyTo(_bytes, 0);
        waiting.CopyTo(_waiting, 0);
        _first = first;
        Count = count;
        _looped = looped;
        Waiting = waitingCount;
    }
}
