using System.Buffers.Binary;
using System.Numerics;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>
/// A split virtqueue seen from the device (Virtio 1.2, 2.7). Nothing that the guest writes is trusted: what breaks the rules is reported once to the device, which then needs a reset, and nothing more is taken.
/// <code>
/// descriptor table  16 bytes each   +0 address, +8 length, +12 flags (1 next, 2 device writes, 4 indirect), +14 next
/// available ring                    +0 flags (1 no interrupt), +2 index, +4 heads, then used_event
/// used ring                         +0 flags, +2 index, +4 elements of head and length, then avail_event
/// </code>
/// </summary>
internal sealed class VirtioQueue : IPersistent
{
    private const int DescriptorSize = 16;
    private const ushort DescriptorNext = 1;
    private const ushort DescriptorWrite = 2;
    private const ushort DescriptorIndirect = 4;
    private const ushort AvailableNoInterrupt = 1;

    private readonly Action<string> _fail;
    private bool _indirect;
    private bool _eventIndex;
    private ushort _nextAvailable;
    private ushort _nextUsed;
    private ushort _signalledUsed;

    /// <summary>Makes a queue that the driver has not set up.</summary>
    /// <param name="maximumSize">The most descriptors: a power of two, at most 32768.</param>
    /// <param name="fail">Told, with the reason, when the driver broke the rules.</param>
    public VirtioQueue(int maximumSize, Action<string> fail)
    {
        MaximumSize = (ushort)maximumSize;
        _fail = fail;
        Size = MaximumSize;
    }

    /// <summary>RAM as the device may reach it.</summary>
    public IGuestMemory? Memory { get; set; }

    /// <summary>The most descriptors.</summary>
    public ushort MaximumSize { get; }

    /// <summary>How many descriptors the driver uses.</summary>
    public ushort Size { get; private set; }

    /// <summary>Whether the driver has set the queue up.</summary>
    public bool IsEnabled { get; private set; }

    /// <summary>The guest-physical address of the descriptor table.</summary>
    public ulong DescriptorTable { get; set; }

    /// <summary>The guest-physical address of the available ring ("driver area").</summary>
    public ulong AvailableRing { get; set; }

    /// <summary>The guest-physical address of the used ring ("device area").</summary>
    public ulong UsedRing { get; set; }

    /// <summary>Takes the size that the driver wants. One that is no power of two or too large is ignored.</summary>
    /// <param name="size">How many descriptors.</param>
    public void SetSize(ushort size)
    {
        if (!IsEnabled && size <= MaximumSize && BitOperations.IsPow2(size))
            Size = size;
    }

    /// <summary>Puts the queue to use, with its addresses as they are now.</summary>
    /// <param name="features">The features that were agreed on.</param>
    public void Enable(ulong features)
    {
        if ((DescriptorTable & 15) != 0 || (AvailableRing & 1) != 0 || (UsedRing & 3) != 0)
        {
            _fail("a queue is enabled at an address that is not aligned");
            return;
        }

        _indirect = (features & VirtioFeature.IndirectDescriptors) != 0;
        _eventIndex = (features & VirtioFeature.EventIndex) != 0;
        IsEnabled = true;
    }

    /// <summary>Takes the state after a device reset.</summary>
    public void Reset()
    {
        Size = MaximumSize;
        IsEnabled = false;
        DescriptorTable = 0;
        AvailableRing = 0;
        UsedRing = 0;
        _indirect = false;
        _eventIndex = false;
        _nextAvailable = 0;
        _nextUsed = 0;
        _signalledUsed = 0;
    }

    /// <summary>Takes the next request of the driver.</summary>
    /// <param name="chain">Takes its buffers.</param>
    /// <returns>False when there is none, or the driver broke the rules.</returns>
    public bool TryTake(VirtioChain chain)
    {
        if (!TryReadWord(AvailableRing + 2, out ushort index))
            return Fail("the available ring is not in memory");
        ushort waiting = (ushort)(index - _nextAvailable);
        if (waiting == 0)
            return false;
        if (waiting > Size)
            return Fail("the available ring's index runs ahead of the queue");

        // The index is read before the ring that it covers.
        Interlocked.MemoryBarrier();
        if (!TryReadWord(AvailableRing + 4 + (2u * (uint)(_nextAvailable & (Size - 1))), out ushort head))
            return Fail("the available ring is not in memory");
        if (!Walk(chain, head))
            return false;
        _nextAvailable++;
        return true;
    }

    /// <summary>Gives a request back as used; the driver sees it at the next <see cref="Publish"/>.</summary>
    /// <param name="head">The request's <see cref="VirtioChain.Head"/>.</param>
    /// <param name="written">How many bytes of its writable buffers were written, from the first.</param>
    public void Add(ushort head, uint written)
    {
        Span<byte> element = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(element, head);
        BinaryPrimitives.WriteUInt32LittleEndian(element[4..], written);
        if (!Memory!.TryWrite(UsedRing + 4 + (8u * (uint)(_nextUsed & (Size - 1))), element))
            _fail("the used ring is not in memory");
        _nextUsed++;
    }

    /// <summary>Takes back what was not published: the last requests that were taken and given back with <see cref="Add"/> wait again.</summary>
    /// <param name="taken">How many were taken.</param>
    /// <param name="added">How many of them were given back.</param>
    public void Rewind(int taken, int added)
    {
        _nextAvailable -= (ushort)taken;
        _nextUsed -= (ushort)added;
    }

    /// <summary>Lets the driver see everything that was given back.</summary>
    public void Publish()
    {
        // The elements are written before the index that covers them.
        Interlocked.MemoryBarrier();
        if (!TryWriteWord(UsedRing + 2, _nextUsed))
            _fail("the used ring is not in memory");
    }

    /// <summary>Asks to be notified of the next request.</summary>
    /// <returns>True when one came meanwhile, of which no notification may follow: look again.</returns>
    public bool Rearm()
    {
        if (_eventIndex && !TryWriteWord(UsedRing + 4 + (8u * Size), _nextAvailable))
            return Fail("the used ring is not in memory");

        // The wish is written before the index is looked at again (2.7.10.1).
        Interlocked.MemoryBarrier();
        return TryReadWord(AvailableRing + 2, out ushort index) && index != _nextAvailable;
    }

    /// <summary>Whether the driver wants a signal for what was published since the last question.</summary>
    /// <returns>True when the queue is to be signalled.</returns>
    public bool WantsSignal()
    {
        ushort before = _signalledUsed;
        if (before == _nextUsed)
            return false;
        _signalledUsed = _nextUsed;

        // The used index is written before the driver's wish is read (2.7.7.2).
        Interlocked.MemoryBarrier();
        if (!_eventIndex)
            return TryReadWord(AvailableRing, out ushort flags) && (flags & AvailableNoInterrupt) == 0;
        return TryReadWord(AvailableRing + 4 + (2u * Size), out ushort wanted)
            && (ushort)(_nextUsed - wanted - 1) < (ushort)(_nextUsed - before);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(Size);
        writer.Write(IsEnabled);
        writer.Write(DescriptorTable);
        writer.Write(AvailableRing);
        writer.Write(UsedRing);
        writer.Write(_indirect);
        writer.Write(_eventIndex);
        writer.Write(_nextAvailable);
        writer.Write(_nextUsed);
        writer.Write(_signalledUsed);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        ushort size = reader.ReadUInt16();
        if (size > MaximumSize || !BitOperations.IsPow2(size))
            throw new InvalidDataException($"a queue of {size} descriptors");
        Size = size;
        IsEnabled = reader.ReadBoolean();
        DescriptorTable = reader.ReadUInt64();
        AvailableRing = reader.ReadUInt64();
        UsedRing = reader.ReadUInt64();
        _indirect = reader.ReadBoolean();
        _eventIndex = reader.ReadBoolean();
        _nextAvailable = reader.ReadUInt16();
        _nextUsed = reader.ReadUInt16();
        _signalledUsed = reader.ReadUInt16();
    }

    // Follows a chain through the table and, once, into an indirect table. Bounded by the chain's capacity, which is the queue's size.
    private bool Walk(VirtioChain chain, ushort head)
    {
        chain.Begin(head, Memory!);
        ulong table = DescriptorTable;
        uint tableLength = Size;
        bool inside = false;
        uint index = head;
        int left = Size;
        Span<byte> descriptor = stackalloc byte[DescriptorSize];
        while (true)
        {
            if (index >= tableLength)
                return Fail("a descriptor index is outside its table");
            if (left-- == 0)
                return Fail("a descriptor chain is longer than its queue, or loops");
            if (!Memory!.TryRead(table + (index * DescriptorSize), descriptor))
                return Fail("a descriptor table is not in memory");
            VirtioSegment segment = new(BinaryPrimitives.ReadUInt64LittleEndian(descriptor), BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]));
            ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[12..]);
            if ((flags & DescriptorIndirect) != 0)
            {
                if (CheckIndirect(segment, flags, inside) is { } wrong)
                    return Fail(wrong);
                table = segment.Address;
                tableLength = segment.Length / DescriptorSize;
                inside = true;
                index = 0;
                left = Size;
                continue;
            }

            if (chain.Append(segment, (flags & DescriptorWrite) != 0) is { } reason)
                return Fail(reason);
            if ((flags & DescriptorNext) == 0)
                return true;
            index = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[14..]);
        }
    }

    // Virtio 1.2, 2.7.5.3.1.
    private string? CheckIndirect(VirtioSegment segment, ushort flags, bool inside)
    {
        if (!_indirect)
            return "an indirect descriptor is used but was not negotiated";
        if (inside)
            return "an indirect table refers to another";
        if ((flags & DescriptorNext) != 0)
            return "an indirect descriptor is followed by another";
        if (segment.Length == 0 || segment.Length % DescriptorSize != 0)
            return "an indirect table has not whole descriptors";
        return segment.Address + segment.Length < segment.Address ? "an indirect table wraps around the end of memory" : null;
    }

    private bool Fail(string reason)
    {
        _fail(reason);
        return false;
    }

    private bool TryReadWord(ulong address, out ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        bool read = Memory!.TryRead(address, bytes);
        value = read ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;
        return read;
    }

    private bool TryWriteWord(ulong address, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return Memory!.TryWrite(address, bytes);
    }
}
