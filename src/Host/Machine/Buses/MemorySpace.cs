using System.Runtime.CompilerServices;
using Dominion.Buses;
using Dominion.Host.Machine.Memory;
using Dominion.Memory;

namespace Dominion.Host.Machine.Buses;

/// <summary>A domain's physical memory space. RAM is found and copied without a lock, through an immutable layout; devices answer under the device lock.</summary>
public sealed unsafe class MemorySpace : IMemorySpace
{
    private const int MinimumAddressBits = 40;
    private const ulong PageMask = ~(ulong)(FrameRange.FrameSize - 1);
    private readonly MachineMemory _memory;
    private readonly int _domain;
    private readonly ulong _limit;
    private readonly List<MemoryMapping> _mappings = [];
    private volatile MemoryLayout _layout = MemoryLayout.Empty;

    /// <summary>Makes an empty space.</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="domain">The domain's id.</param>
    /// <param name="deviceLock">The domain's device lock.</param>
    public MemorySpace(MachineMemory memory, int domain, Lock deviceLock)
    {
        _memory = memory;
        _domain = domain;
        DeviceLock = deviceLock;
        // Room for all of the machine's memory and as much again for devices above it.
        int needed = 66 - System.Numerics.BitOperations.LeadingZeroCount(memory.FrameCount << FrameRange.FrameShift);
        AddressBits = Math.Max(MinimumAddressBits, needed);
        _limit = 1ul << AddressBits;
    }

    /// <inheritdoc/>
    public event Action? LayoutChanged;

    /// <inheritdoc/>
    public int AddressBits { get; }

    internal Lock DeviceLock { get; }

    /// <inheritdoc/>
    public IBusMapping Map(ulong start, ulong length, IBusTarget target, string name)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfZero(length);
        return Add(new MemoryMapping(this, start, length, target, null, true, name));
    }

    /// <inheritdoc/>
    public IBusMapping MapFrames(ulong start, FrameRange frames, bool writable, string name)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(start & ~PageMask, 0ul, nameof(start));
        if (!_memory.Owns(_domain, frames))
            throw new ArgumentException($"domain {_domain} does not own the {frames.Count} frames from {frames.First:x}", nameof(frames));
        return Add(new MemoryMapping(this, start, frames.Length, null, _memory.Base + frames.Address, writable, name));
    }

    /// <inheritdoc/>
    public byte* GetPage(ulong address, MemoryAccess access)
    {
        ulong page = address & PageMask;
        MemoryRange? range = _layout.Find(page);
        if (range is null || range.Host is null || range.End - page < FrameRange.FrameSize)
            return null;
        if (access == MemoryAccess.Write && !range.Writable)
            return null;
        return range.Host + (page - range.Start);
    }

    /// <inheritdoc/>
    public ulong Read(ulong address, AccessWidth width, int initiator)
    {
        using (DeviceLock.EnterScope())
            return Read(_layout, address, (int)width, initiator);
    }

    /// <inheritdoc/>
    public void Write(ulong address, AccessWidth width, ulong value, int initiator)
    {
        using (DeviceLock.EnterScope())
            Write(_layout, address, (int)width, value, initiator);
    }

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        MemoryLayout layout = _layout;
        if (!IsMemory(layout, address, destination.Length, write: false))
            return false;
        while (!destination.IsEmpty)
        {
            MemoryRange range = layout.Find(address)!;
            int count = (int)Math.Min((ulong)destination.Length, range.End - address);
            fixed (byte* to = destination)
                Copy(range.Host + (address - range.Start), to, count);
            destination = destination[count..];
            address += (ulong)count;
        }
        return true;
    }

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        MemoryLayout layout = _layout;
        if (!IsMemory(layout, address, source.Length, write: true))
            return false;
        while (!source.IsEmpty)
        {
            MemoryRange range = layout.Find(address)!;
            int count = (int)Math.Min((ulong)source.Length, range.End - address);
            byte* host = range.Host + (address - range.Start);
            fixed (byte* from = source)
                Copy(from, host, count);
            Written(host, count);
            source = source[count..];
            address += (ulong)count;
        }
        return true;
    }

    internal void Remove(MemoryMapping mapping)
    {
        using (DeviceLock.EnterScope())
        {
            if (_mappings.Remove(mapping))
                Rebuild();
        }
    }

    /// <summary>Publishes a new layout, and tells the cores when a page's answer differs. Called under the device lock.</summary>
    internal void Rebuild()
    {
        MemoryLayout old = _layout;
        MemoryLayout layout = MemoryLayout.Build(_mappings, _limit);
        _layout = layout;
        if (!layout.HasSamePages(old))
            LayoutChanged?.Invoke();
    }

    private MemoryMapping Add(MemoryMapping mapping)
    {
        using (DeviceLock.EnterScope())
        {
            _mappings.Add(mapping);
            Rebuild();
        }
        return mapping;
    }

    private ulong Read(MemoryLayout layout, ulong address, int width, int initiator)
    {
        MemoryRange? range = layout.Find(address);
        if (range is not null && (ulong)width <= range.End - address)
        {
            if (range.Host is not null)
                return Load(range.Host + (address - range.Start), width);
            MemoryMapping mapping = range.Mapping;
            ulong value = mapping.Target!.Read(new BusAccess(address - mapping.Start, (AccessWidth)width, initiator));
            return value & (ulong.MaxValue >> (64 - (8 * width)));
        }
        if (width == 1)
            return byte.MaxValue;
        int half = width / 2;
        ulong low = Read(layout, address, half, initiator);
        return low | (Read(layout, address + (ulong)half, half, initiator) << (8 * half));
    }

    private void Write(MemoryLayout layout, ulong address, int width, ulong value, int initiator)
    {
        MemoryRange? range = layout.Find(address);
        if (range is not null && (ulong)width <= range.End - address)
        {
            if (range.Host is null)
            {
                MemoryMapping mapping = range.Mapping;
                mapping.Target!.Write(new BusAccess(address - mapping.Start, (AccessWidth)width, initiator), value & (ulong.MaxValue >> (64 - (8 * width))));
            }
            else if (range.Writable)
            {
                byte* host = range.Host + (address - range.Start);
                Store(host, width, value);
                Written(host, width);
            }
            return;
        }
        if (width == 1)
            return;
        int half = width / 2;
        Write(layout, address, half, value, initiator);
        Write(layout, address + (ulong)half, half, value >> (8 * half), initiator);
    }

    private bool IsMemory(MemoryLayout layout, ulong address, int length, bool write)
    {
        ulong rest = (ulong)length;
        if (rest > _limit || address > _limit - rest)
            return rest == 0;
        while (rest > 0)
        {
            MemoryRange? range = layout.Find(address);
            if (range is null || range.Host is null || (write && !range.Writable))
                return false;
            ulong count = Math.Min(rest, range.End - address);
            rest -= count;
            address += count;
        }
        return true;
    }

    /// <summary>Makes decoded code stale, frame by frame, after bytes were written.</summary>
    private void Written(byte* host, int length)
    {
        // The bytes before the marks: see MachineMemory.MarkCode.
        Interlocked.MemoryBarrier();
        ulong address = (ulong)(host - _memory.Base);
        while (length > 0)
        {
            int count = Math.Min(length, FrameRange.FrameSize - (int)(address & ~PageMask));
            if (_memory.CodeMarks[address >> FrameRange.FrameShift] != 0)
                _memory.NotifyWrite(address, count);
            address += (ulong)count;
            length -= count;
        }
    }

    /// <summary>Copies so that an aligned copy of 2, 4 or 8 bytes is one access of the host. Safe: both ranges were checked by the caller, and frames stay mapped while the machine lives.</summary>
    private static void Copy(byte* from, byte* to, int count)
    {
        switch (count)
        {
            case 1:
                *to = *from;
                break;
            case 2:
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ushort>(from));
                break;
            case 4:
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<uint>(from));
                break;
            case 8:
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ulong>(from));
                break;
            default:
                Buffer.MemoryCopy(from, to, count, count);
                break;
        }
    }

    private static ulong Load(byte* from, int width) => width switch
    {
        1 => *from,
        2 => Unsafe.ReadUnaligned<ushort>(from),
        4 => Unsafe.ReadUnaligned<uint>(from),
        _ => Unsafe.ReadUnaligned<ulong>(from),
    };

    private static void Store(byte* to, int width, ulong value)
    {
        switch (width)
        {
            case 1:
                *to = (byte)value;
                break;
            case 2:
                Unsafe.WriteUnaligned(to, (ushort)value);
                break;
            case 4:
                Unsafe.WriteUnaligned(to, (uint)value);
                break;
            default:
                Unsafe.WriteUnaligned(to, value);
                break;
        }
    }
}
