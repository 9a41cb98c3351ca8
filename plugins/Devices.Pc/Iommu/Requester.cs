using System.Buffers.Binary;
using Dominion.Memory;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>Memory and interrupt controllers as one requester reaches them, with what it keeps of its translations (an IOTLB). A write that spans pages is translated whole before its first byte is written.</summary>
internal sealed class Requester : IGuestMemory, IMessageInterrupts
{
    private const int PageSize = 4096;
    private const int EntryCount = 64;
    private readonly ushort _id;
    private readonly IGuestMemory _memory;
    private readonly IMessageInterrupts _messages;
    private readonly DmaRemapper _remapper;
    private readonly InterruptRemapper _interrupts;
    private readonly Entry[] _entries = new Entry[EntryCount];
    private int _generation;

    /// <summary>Makes a requester's view.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="memory">RAM.</param>
    /// <param name="messages">The interrupt controllers.</param>
    /// <param name="remapper">Translates its addresses.</param>
    /// <param name="interrupts">Translates its interrupts.</param>
    public Requester(ushort id, IGuestMemory memory, IMessageInterrupts messages, DmaRemapper remapper, InterruptRemapper interrupts)
    {
        _id = id;
        _memory = memory;
        _messages = messages;
        _remapper = remapper;
        _interrupts = interrupts;
        _generation = remapper.Generation;
    }

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!_remapper.Enabled)
            return !_remapper.Protected.Blocks(address, destination.Length) && _memory.TryRead(address, destination);
        while (!destination.IsEmpty)
        {
            int count = Piece(address, destination.Length);
            if (!TryTranslate(address, isWrite: false, out ulong target) || !_memory.TryRead(target, destination[..count]))
                return false;
            destination = destination[count..];
            address += (ulong)count;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        // 3.14: four bytes to this range are an interrupt request, whatever the tables say.
        if (DmaRemapper.IsInterrupt(address))
            return source.Length == sizeof(uint) && (address & 3) == 0 && Send(address, BinaryPrimitives.ReadUInt32LittleEndian(source));
        if (!_remapper.Enabled)
            return !_remapper.Protected.Blocks(address, source.Length) && _memory.TryWrite(address, source);
        if (Piece(address, source.Length) < source.Length && !CanWrite(address, source.Length))
            return false;
        while (!source.IsEmpty)
        {
            int count = Piece(address, source.Length);
            if (!TryTranslate(address, isWrite: true, out ulong target) || !_memory.TryWrite(target, source[..count]))
                return false;
            source = source[count..];
            address += (ulong)count;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Send(ulong address, uint data)
    {
        if (!DmaRemapper.IsInterrupt(address))
        {
            // A message is a write: to another address it is one to memory.
            Span<byte> bytes = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, data);
            return TryWrite(address, bytes);
        }

        return _interrupts.TryRemap(_id, ref address, ref data) && _messages.Send(address, data);
    }

    private static int Piece(ulong address, int length) => Math.Min(length, PageSize - (int)(address & (PageSize - 1)));

    // Whether every page is translated and leads to memory.
    private bool CanWrite(ulong address, int length)
    {
        Span<byte> probe = stackalloc byte[1];
        while (length > 0)
        {
            int count = Piece(address, length);
            if (!TryTranslate(address, isWrite: true, out ulong target) || !_memory.TryRead(target, probe))
                return false;
            address += (ulong)count;
            length -= count;
        }

        return true;
    }

    private bool TryTranslate(ulong address, bool isWrite, out ulong target)
    {
        target = 0;
        if (_generation != _remapper.Generation)
        {
            Array.Clear(_entries);
            _generation = _remapper.Generation;
        }

        ulong page = address / PageSize;
        ref Entry entry = ref _entries[page % EntryCount];
        if (!entry.Answers(page, isWrite))
        {
            if (DmaRemapper.IsInterrupt(address) || !_remapper.TryTranslate(_id, address, isWrite, out DmaMapping mapping))
                return false;
            entry = new Entry(page, mapping);
        }

        target = entry.Mapping.Page | (address % PageSize);
        return true;
    }

    private readonly record struct Entry(ulong Page, DmaMapping Mapping)
    {
        // An entry that was never filled has no rights.
        public bool Answers(ulong page, bool isWrite) => Page == page && (isWrite ? Mapping.CanWrite : Mapping.CanRead);
    }
}
