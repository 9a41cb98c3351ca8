using Dominion.Cli.Platform;

namespace Dominion.Cli.Consoles;

/// <summary>Writes bytes to standard output on a thread of its own, so that a slow reader holds up a domain only when much waits.</summary>
internal sealed class OutputPump : IDisposable
{
    private const int Limit = 1 << 20;
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);
    private readonly Action<IOException> _onBroken;
    private readonly Thread _thread;

    // A leaf; waited on and pulsed at every change of what follows.
    private readonly object _gate = new();
    private MemoryStream _waiting = new();
    private MemoryStream _writing = new();
    private bool _broken;
    private bool _hurried;
    private bool _closed;

    /// <summary>Starts a pump.</summary>
    /// <param name="onBroken">Told once when the output takes no more.</param>
    internal OutputPump(Action<IOException> onBroken)
    {
        _onBroken = onBroken;
        _thread = new Thread(Run) { Name = "output", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Takes bytes, in order. Safe from any thread.</summary>
    /// <param name="bytes">The bytes.</param>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            while (_waiting.Length >= Limit && !_broken && !_hurried && !_closed)
                Monitor.Wait(_gate);
            if (_broken || _closed || _waiting.Length >= Limit)
                return;
            _waiting.Write(bytes);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for a slow reader no more: the machine is being ended. What finds no room from now on is dropped.</summary>
    internal void Hurry()
    {
        lock (_gate)
        {
            _hurried = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Writes what waits and ends.</summary>
    public void Dispose()
    {
        bool hurried;
        lock (_gate)
        {
            _closed = true;
            hurried = _hurried;
            Monitor.PulseAll(_gate);
        }
        if (hurried)
            _thread.Join(LastWait);
        else
            _thread.Join();
    }

    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Length == 0 && !_closed)
                    Monitor.Wait(_gate);
                if (_waiting.Length == 0)
                    return;
                (_waiting, _writing) = (_writing, _waiting);
                Monitor.PulseAll(_gate);
            }
            try
            {
                StandardOutput.Write(_writing.GetBuffer().AsSpan(0, (int)_writing.Length));
            }
            catch (IOException broken)
            {
                lock (_gate)
                {
                    _broken = true;
                    Monitor.PulseAll(_gate);
                }
                _onBroken(broken);
                return;
            }
            _writing.SetLength(0);
        }
    }
}
