using Dominion.Memory;

namespace Dominion.Cpu.X86;

/// <content>
/// The line that MONITOR has armed, and the wait of MWAIT. The line's frame is marked as if it held code, so that whoever writes to it, a vCPU or a device, tells.
/// The mark stays until another frame is monitored: an idle loop monitors the same line again and again.
/// </content>
internal sealed unsafe partial class X86Core
{
    /// <summary>The bytes that a monitor covers, as leaf 5 of CPUID tells.</summary>
    public const int MonitorLine = 64;

    private const ulong NoFrame = ulong.MaxValue;

    private readonly byte[] _monitored = new byte[MonitorLine];
    private ulong _monitoredLine = NoFrame;
    private ulong _monitoredFrame = NoFrame;
    private bool _isArmed;
    private bool _waits;
    private bool _waitEndsWithMaskedInterrupt;
    private volatile bool _isMonitorTriggered;

    /// <summary>Whether the vCPU waits in MWAIT and something has happened that ends the wait and is no event of its own.</summary>
    private bool IsWaitOver => _waits && (_isMonitorTriggered || (_waitEndsWithMaskedInterrupt && _interruptRequest));

    /// <summary>Arms the monitor for the line of an address that has just been read.</summary>
    public void ArmMonitor(ulong linear)
    {
        _isArmed = false;
        if (!Resolve(linear, MemoryAccess.Read, S->Cpl == 3, AccessControlSet, out byte* host, out _) || host == null)
            return;
        ulong line = (ulong)(host - MachineMemory.Base) & ~(MonitorLine - 1UL);
        WatchMonitored(line >> FrameRange.FrameShift);
        Volatile.Write(ref _monitoredLine, line);
        _isMonitorTriggered = false;

        // The mark, then the bytes: a store that the mark misses is one that the bytes show.
        Interlocked.MemoryBarrier();
        new ReadOnlySpan<byte>(MachineMemory.Base + line, MonitorLine).CopyTo(_monitored);
        _isArmed = true;
    }

    /// <summary>Disarms the monitor and begins the wait.</summary>
    /// <param name="endsWithMaskedInterrupt">Whether an interrupt ends the wait though RFLAGS.IF is clear (ECX[0]).</param>
    /// <returns>Whether MWAIT should wait: a line was armed, and nothing has written to it.</returns>
    public bool BeginWait(bool endsWithMaskedInterrupt)
    {
        bool armed = _isArmed;
        _isArmed = false;
        _waits = armed && !_isMonitorTriggered
            && new ReadOnlySpan<byte>(MachineMemory.Base + _monitoredLine, MonitorLine).SequenceEqual(_monitored);
        _waitEndsWithMaskedInterrupt = endsWithMaskedInterrupt;
        return _waits;
    }

    /// <summary>Forgets the last wait: the vCPU halts for another reason.</summary>
    public void EndWait() => _waits = false;

    /// <summary>Ends monitoring: the frame need not tell of writes any more.</summary>
    private void ForgetMonitor()
    {
        _isArmed = false;
        _waits = false;
        WatchMonitored(NoFrame);
    }

    private void WatchMonitored(ulong frame)
    {
        if (frame == _monitoredFrame)
            return;
        if (_monitoredFrame != NoFrame)
            MachineMemory.UnmarkCode(_monitoredFrame);
        _monitoredFrame = frame;
        if (frame != NoFrame)
            MachineMemory.MarkCode(frame, this);
    }

    /// <summary>Called by whoever writes to a marked frame, on any thread.</summary>
    private void NoteMonitoredWrite(ulong address, int length)
    {
        ulong line = Volatile.Read(ref _monitoredLine);
        if (line == NoFrame || address >= line + MonitorLine || address + (ulong)length <= line)
            return;
        _isMonitorTriggered = true;
        if (_waits)
            Signal();
    }
}
