using Dominion.Devices;
using Dominion.Domains;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.FullVirt.Bare;

/// <summary>Saves and restores a domain's RAM: runs of pages that are not all zero.</summary>
internal static unsafe class BareRam
{
    private const int PagesPerChunk = 256;
    private const ulong EndMark = ulong.MaxValue;
    private static readonly byte[] ZeroPage = new byte[FrameRange.FrameSize];

    /// <summary>Writes every page of RAM that holds anything.</summary>
    public static void Save(IDomainContext context, IBoard board, StateWriter writer)
    {
        writer.BeginSection("ram", 1);
        writer.Write(context.MemorySize);
        byte[] chunk = new byte[PagesPerChunk * FrameRange.FrameSize];
        ulong first = 0;
        int count = 0;
        ulong end = End(board);
        for (ulong page = 0; page < end; page++)
        {
            // Safe: GetPage's answer is a whole page inside the machine's mapping, and no vCPU runs.
            byte* bytes = context.MemorySpace.GetPage(page << FrameRange.FrameShift, MemoryAccess.Write);
            bool worthIt = bytes != null && new ReadOnlySpan<byte>(bytes, FrameRange.FrameSize).ContainsAnyExcept((byte)0);
            if (count != 0 && (!worthIt || count == PagesPerChunk))
            {
                Flush(writer, chunk, first, count);
                count = 0;
            }

            if (!worthIt)
                continue;
            if (count == 0)
                first = page;
            new ReadOnlySpan<byte>(bytes, FrameRange.FrameSize).CopyTo(chunk.AsSpan(count * FrameRange.FrameSize));
            count++;
        }

        if (count != 0)
            Flush(writer, chunk, first, count);
        writer.Write(EndMark);
    }

    /// <summary>Replaces all RAM.</summary>
    /// <exception cref="InvalidDataException">The data is damaged, or of a domain with another layout.</exception>
    public static void Restore(IDomainContext context, IBoard board, StateReader reader)
    {
        reader.BeginSection("ram", 1);
        ulong size = reader.ReadUInt64();
        if (size != context.MemorySize)
            throw new InvalidDataException($"the state is of a domain with {size} bytes of memory; this one has {context.MemorySize}");
        ulong next = 0;
        ulong end = End(board);
        while (true)
        {
            ulong first = reader.ReadUInt64();
            ulong stop = first == EndMark ? end : first;
            if (stop < next || stop > end)
                throw new InvalidDataException($"page {first:x}h of the memory is out of order");
            Clear(context, next, stop);
            if (first == EndMark)
                return;
            byte[] bytes = reader.ReadBytes();
            if (bytes.Length == 0 || bytes.Length % FrameRange.FrameSize != 0 || !context.MemorySpace.TryWrite(first << FrameRange.FrameShift, bytes))
                throw new InvalidDataException($"{bytes.Length} bytes at {first << FrameRange.FrameShift:x}h do not fit the memory");
            next = first + (ulong)(bytes.Length / FrameRange.FrameSize);
        }
    }

    private static void Flush(StateWriter writer, byte[] chunk, ulong first, int count)
    {
        writer.Write(first);
        writer.Write(chunk.AsSpan(0, count * FrameRange.FrameSize));
    }

    private static void Clear(IDomainContext context, ulong first, ulong stop)
    {
        for (ulong page = first; page < stop; page++)
        {
            ulong address = page << FrameRange.FrameShift;
            byte* bytes = context.MemorySpace.GetPage(address, MemoryAccess.Write);

            // A write tells cores that hold decoded code of the page, so that a page is not cleared by pointer.
            if (bytes != null && new ReadOnlySpan<byte>(bytes, FrameRange.FrameSize).ContainsAnyExcept((byte)0) && !context.MemorySpace.TryWrite(address, ZeroPage))
                throw new InvalidDataException($"the page at {address:x}h cannot be cleared");
        }
    }

    /// <summary>The page after the last one that is RAM for the guest or for the firmware's tables.</summary>
    private static ulong End(IBoard board) =>
        board.MemoryMap.Where(e => e.Type != MemoryMapType.Reserved).Select(e => (e.Start + e.Length + FrameRange.FrameSize - 1) >> FrameRange.FrameShift).DefaultIfEmpty(0UL).Max();
}
