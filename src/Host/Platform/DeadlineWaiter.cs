using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Dominion.Host.Platform;

/// <summary>What one thread waits on: a signal, or a time given in nanoseconds. Linux waits with the kernel's timer resolution; elsewhere a wait is rounded up to milliseconds.</summary>
internal sealed unsafe class DeadlineWaiter : IDisposable
{
    private readonly AutoResetEvent? _portable;
    private readonly int _file = -1;

    // A leaf; keeps the file from being closed, and its number from being given to another file, under a late Set.
    private readonly Lock _gate = new();
    private int _signalled;
    private bool _disposed;

    /// <summary>Makes a waiter that is not signalled.</summary>
    internal DeadlineWaiter()
    {
        if (!OperatingSystem.IsLinux())
        {
            _portable = new AutoResetEvent(false);
            return;
        }
        _file = LinuxNative.CreateEvent(0, LinuxNative.EventNonBlocking | LinuxNative.EventCloseOnExec);
        if (_file < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Ends the wait that is under way, or the next one. Safe from any thread.</summary>
    internal void Set()
    {
        if (Interlocked.Exchange(ref _signalled, 1) != 0)
            return;
        lock (_gate)
        {
            if (_disposed)
                return;
            if (_portable is not null)
            {
                _portable.Set();
                return;
            }
            ulong one = 1;
            _ = LinuxNative.Write(_file, &one, sizeof(ulong));
        }
    }

    /// <summary>Waits. May come back early; the caller asks again for what it waits for.</summary>
    /// <param name="nanoseconds">The longest wait, or null for no bound.</param>
    internal void Wait(long? nanoseconds)
    {
        if (nanoseconds is not <= 0)
            Block(nanoseconds);
        // The flag falls after the wait and before the caller looks at its work: a signal from now on writes anew.
        Interlocked.Exchange(ref _signalled, 0);
    }

    private void Block(long? nanoseconds)
    {
        if (_portable is not null)
        {
            long milliseconds = nanoseconds is { } bound ? Math.Min((bound + 999_999) / 1_000_000, int.MaxValue) : Timeout.Infinite;
            _portable.WaitOne((int)milliseconds);
            return;
        }
        LinuxNative.PollRequest request = new() { File = _file, Events = LinuxNative.PollIn };
        LinuxNative.TimeSpecification timeout = default;
        if (nanoseconds is { } limit)
            timeout = new() { Seconds = limit / 1_000_000_000, Nanoseconds = limit % 1_000_000_000 };
        if (LinuxNative.Poll(&request, 1, nanoseconds is null ? null : &timeout, null) <= 0)
            return;
        ulong count;
        _ = LinuxNative.Read(_file, &count, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _portable?.Dispose();
            if (_file >= 0)
                _ = LinuxNative.Close(_file);
        }
    }
}
