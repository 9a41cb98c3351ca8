using System.Security.Cryptography;
using Dominion.Diagnostics;
using Dominion.Host.Platform;
using Dominion.Memory;

namespace Dominion.Host.Machine.Memory;

/// <summary>The machine's memory: one lazily backed host mapping with a frame table that holds each frame's owner and code mark.</summary>
public sealed unsafe class MachineMemory : IMachineMemory, IDisposable
{
    private readonly HostMapping _frames;
    private readonly HostMapping _marks;
    private readonly HostMapping _owners;
    private readonly ushort* _owner;
    private readonly FrameAllocator _allocator;

    // Lock order: _gate is a leaf; nothing is called under it. _marking orders marks among themselves and is held while observers are told.
    private readonly Lock _gate = new();
    private readonly Lock _marking = new();
    private volatile ICodeObserver[] _observers = [];

    private MachineMemory(HostMapping frames, HostMapping marks, HostMapping owners, ulong frameCount)
    {
        _frames = frames;
        _marks = marks;
        _owners = owners;
        _owner = (ushort*)owners.Base;
        FrameCount = frameCount;
        _allocator = new FrameAllocator(frameCount);
    }

    /// <inheritdoc/>
    public byte* Base => _frames.Base;

    /// <inheritdoc/>
    public ulong FrameCount { get; }

    /// <inheritdoc/>
    public byte* CodeMarks => _marks.Base;

    /// <summary>Makes the memory.</summary>
    /// <param name="bytes">Its size, a multiple of 4096.</param>
    /// <returns>The memory, all of it free.</returns>
    /// <exception cref="DiagnosticException">The host has not that much.</exception>
    public static MachineMemory Create(ulong bytes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes % FrameRange.FrameSize, 0ul, nameof(bytes));
        ulong available = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
        {
            throw new DiagnosticException(
                MachineDiagnostics.NoMemory,
                $"the machine wants {bytes >> 20} MiB of memory; this host has {available >> 20} MiB",
                "lower machine.memory, or the memory of the domains");
        }

        ulong count = bytes >> FrameRange.FrameShift;
        HostMapping? frames = HostMapping.TryCreate((nuint)bytes);
        HostMapping? marks = HostMapping.TryCreate((nuint)count);
        HostMapping? owners = HostMapping.TryCreate((nuint)count * sizeof(ushort));
        if (frames is not null && marks is not null && owners is not null)
            return new MachineMemory(frames, marks, owners, count);
        frames?.Dispose();
        marks?.Dispose();
        owners?.Dispose();
        throw new DiagnosticException(MachineDiagnostics.NoMemory, $"the host refuses to map {bytes >> 20} MiB of memory", "lower machine.memory, or the memory of the domains");
    }

    /// <inheritdoc/>
    public bool TryAllocate(int domain, ulong count, out FrameRange range)
    {
        ArgumentOutOfRangeException.ThrowIfZero(count);
        ArgumentOutOfRangeException.ThrowIfNegative(domain);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(domain, ushort.MaxValue);
        lock (_gate)
        {
            if (!_allocator.TryTake(count, out range))
                return false;
            new Span<ushort>(_owner + range.First, checked((int)count)).Fill((ushort)(domain + 1));
            return true;
        }
    }

    /// <inheritdoc/>
    public void Free(int domain, FrameRange range)
    {
        if (range.Count == 0)
            return;
        lock (_gate)
        {
            CheckOwner(domain, range);
            new Span<ushort>(_owner + range.First, checked((int)range.Count)).Clear();
        }

        // Between owners: nobody may use the frames now, so that they can be cleaned without the gate.
        for (ulong frame = range.First; frame < range.First + range.Count; frame++)
        {
            if (CodeMarks[frame] == 0)
                continue;
            NotifyWrite(frame << FrameRange.FrameShift, FrameRange.FrameSize);
        }
        _frames.Discard((nuint)range.Address, (nuint)range.Length);
        lock (_gate)
            _allocator.Give(range);
    }

    /// <summary>Takes back every frame of a domain.</summary>
    /// <param name="domain">The owner's id.</param>
    public void FreeAll(int domain)
    {
        ulong frame = 0;
        while (frame < FrameCount)
        {
            ulong first = frame;
            while (frame < FrameCount && OwnerOf(frame) == domain)
                frame++;
            if (frame > first)
                Free(domain, new FrameRange(first, frame - first));
            else
                frame++;
        }
    }

    /// <summary>Hashes every frame of a domain, in ascending order. Nothing may write meanwhile.</summary>
    /// <param name="domain">The owner's id.</param>
    /// <returns>The SHA-256: 32 bytes.</returns>
    public byte[] Hash(int domain)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (ulong frame = 0; frame < FrameCount; frame++)
        {
            // Safe: the frame is inside the mapping, which lives as long as this object.
            if (OwnerOf(frame) == domain)
                hash.AppendData(new ReadOnlySpan<byte>(Base + (frame << FrameRange.FrameShift), FrameRange.FrameSize));
        }
        return hash.GetHashAndReset();
    }

    /// <inheritdoc/>
    public int OwnerOf(ulong frame) => frame < FrameCount ? _owner[frame] - 1 : -1;

    /// <summary>Whether one domain owns every frame of a range.</summary>
    /// <param name="domain">The domain's id.</param>
    /// <param name="range">The frames.</param>
    /// <returns>True when it does.</returns>
    public bool Owns(int domain, FrameRange range)
    {
        if (range.First >= FrameCount || range.Count > FrameCount - range.First)
            return false;
        return !new ReadOnlySpan<ushort>(_owner + range.First, checked((int)range.Count)).ContainsAnyExcept((ushort)(domain + 1));
    }

    /// <inheritdoc/>
    public void AddCodeObserver(ICodeObserver observer)
    {
        lock (_gate)
            _observers = [.. _observers, observer];
    }

    /// <inheritdoc/>
    public void RemoveCodeObserver(ICodeObserver observer)
    {
        lock (_gate)
            _observers = [.. _observers.Where(known => !ReferenceEquals(known, observer))];
    }

    /// <inheritdoc/>
    public void MarkCode(ulong frame, ICodeObserver source)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, FrameCount);
        lock (_marking)
        {
            CodeMarks[frame]++;
            // A writer stores, then reads the mark; the source sets the mark, then reads the bytes. One of the two must see the other.
            Interlocked.MemoryBarrier();
            foreach (ICodeObserver observer in _observers)
            {
                if (!ReferenceEquals(observer, source))
                    observer.OnCodeMarked(frame);
            }
        }
    }

    /// <inheritdoc/>
    public void UnmarkCode(ulong frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, FrameCount);
        lock (_marking)
        {
            if (CodeMarks[frame] != 0)
                CodeMarks[frame]--;
        }
    }

    /// <inheritdoc/>
    public void NotifyWrite(ulong address, int length)
    {
        ulong frame = address >> FrameRange.FrameShift;
        if (frame >= FrameCount || CodeMarks[frame] == 0)
            return;

        // The write, then what observers know of the frame: the other half of the bargain in MarkCode.
        Interlocked.MemoryBarrier();
        foreach (ICodeObserver observer in _observers)
            observer.OnCodeWritten(address, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _frames.Dispose();
        _marks.Dispose();
        _owners.Dispose();
    }

    private void CheckOwner(int domain, FrameRange range)
    {
        if (!Owns(domain, range))
            throw new ArgumentException($"domain {domain} does not own frames {range.First:x} to {range.First + range.Count - 1:x}", nameof(range));
    }
}
