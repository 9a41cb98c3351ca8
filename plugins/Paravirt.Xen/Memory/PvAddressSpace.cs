using Dominion.Buses;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Memory;

/// <summary>
/// Machine memory as the cores of one paravirtual domain reach it: its own frames, and the VMM's where the VMM's page tables lead. This is the
/// check that does not depend on the ABI's reference counts: a translation to any other frame finds nothing.
/// </summary>
internal sealed unsafe class PvAddressSpace : IPhysicalAddressSpace
{
    private const int MinimumAddressBits = 40;

    private readonly FrameTable _frames;
    private readonly int _owner;
    private readonly IPageTableWriter _writer;

    /// <summary>Makes the space of a domain.</summary>
    /// <param name="frames">The machine's frames.</param>
    /// <param name="owner">The domain, as the machine's frame table knows it.</param>
    /// <param name="writer">Takes writes to page tables.</param>
    public PvAddressSpace(FrameTable frames, int owner, IPageTableWriter writer)
    {
        _frames = frames;
        _owner = owner;
        _writer = writer;
        AddressBits = Math.Max(MinimumAddressBits, 64 - System.Numerics.BitOperations.LeadingZeroCount(frames.Count << FrameRange.FrameShift));
    }

    /// <inheritdoc/>
    event Action? IPhysicalAddressSpace.LayoutChanged
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public int AddressBits { get; }

    /// <inheritdoc/>
    public byte* GetPage(ulong address, MemoryAccess access)
    {
        ulong mfn = address >> FrameRange.FrameShift;
        if (mfn >= _frames.Count)
            return null;
        int owner = _frames.Memory.OwnerOf(mfn);
        return owner == _owner || (owner == VmmFrames.Owner && access != MemoryAccess.Write) ? _frames.Page(mfn) : null;
    }

    /// <inheritdoc/>
    public ulong Read(ulong address, AccessWidth width, int initiator)
    {
        byte* page = GetPage(address, MemoryAccess.Read);
        if (page == null)
            return ulong.MaxValue >> (64 - (8 * (int)width));
        page += address & 0xFFF;
        return width switch
        {
            AccessWidth.Byte => Volatile.Read(ref *page),
            AccessWidth.Word => Volatile.Read(ref *(ushort*)page),
            AccessWidth.Dword => Volatile.Read(ref *(uint*)page),
            _ => Volatile.Read(ref *(ulong*)page),
        };
    }

    /// <summary>Takes the writes that the monitor lets through to page tables; a core makes no others without a page.</summary>
    public void Write(ulong address, AccessWidth width, ulong value, int initiator) => _writer.WriteThroughReadOnly(address, (int)width, value, initiator);

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            byte* page = GetPage(address, MemoryAccess.Read);
            if (page == null)
                return false;
            int offset = (int)(address & 0xFFF);
            int count = Math.Min(destination.Length, FrameRange.FrameSize - offset);
            new ReadOnlySpan<byte>(page + offset, count).CopyTo(destination);
            destination = destination[count..];
            address += (ulong)count;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        for (ulong page = address & ~0xFFFUL; page < address + (ulong)source.Length; page += FrameRange.FrameSize)
        {
            if (GetPage(page, MemoryAccess.Write) == null)
                return false;
        }

        while (!source.IsEmpty)
        {
            byte* page = GetPage(address, MemoryAccess.Write);
            int offset = (int)(address & 0xFFF);
            int count = Math.Min(source.Length, FrameRange.FrameSize - offset);
            source[..count].CopyTo(new Span<byte>(page + offset, count));
            _frames.Memory.NotifyWrite(address, count);
            source = source[count..];
            address += (ulong)count;
        }

        return true;
    }
}
