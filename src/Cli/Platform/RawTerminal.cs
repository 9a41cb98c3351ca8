using System.Runtime.InteropServices;

namespace Dominion.Cli.Platform;

/// <summary>The terminal on standard input in raw mode: every key goes to the guest. Restored on every way out that leaves a process the time to: exit, signals, an exception that nobody catches, a stop.</summary>
internal sealed unsafe class RawTerminal : IDisposable
{
    private const int StandardInput = 0;

    // A leaf; a signal's handler and the program may both restore.
    private readonly Lock _gate = new();
    private readonly byte[] _before;
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _isRaw;
    private bool _disposed;

    private RawTerminal(byte[] before)
    {
        _before = before;
    }

    /// <summary>Whether keys can be read one by one: both ends are a terminal, and the system has POSIX terminals.</summary>
    internal static bool IsPossible => !OperatingSystem.IsWindows() && !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Switches to raw mode.</summary>
    /// <returns>The terminal, or null when its settings cannot be had.</returns>
    internal static RawTerminal? TryEnter()
    {
        if (OperatingSystem.IsWindows())
            return null;
        byte[] before = new byte[TerminalNative.SettingsSize];
        fixed (byte* settings = before)
        {
            if (TerminalNative.GetSettings(StandardInput, settings) != 0)
                return null;
        }
        RawTerminal terminal = new(before);
        AppDomain.CurrentDomain.ProcessExit += terminal.OnExit;
        AppDomain.CurrentDomain.UnhandledException += terminal.OnExit;
        // A stop from outside (kill -TSTP) shows the shell's prompt: it must find its terminal as it was.
        terminal._signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => terminal.Restore()));
        terminal._signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => terminal.Enter()));
        terminal.Enter();
        return terminal;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            RestoreLocked();
            _disposed = true;
        }
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnExit;
    }

    private void OnExit(object? sender, EventArgs e) => Restore();

    private void Enter()
    {
        lock (_gate)
        {
            if (_isRaw || _disposed)
                return;
            byte[] raw = (byte[])_before.Clone();
            fixed (byte* settings = raw)
            {
                TerminalNative.MakeRaw(settings);
                _isRaw = TerminalNative.SetSettings(StandardInput, TerminalNative.AfterOutput, settings) == 0;
            }
        }
    }

    private void Restore()
    {
        lock (_gate)
            RestoreLocked();
    }

    private void RestoreLocked()
    {
        if (!_isRaw)
            return;
        fixed (byte* settings = _before)
            _ = TerminalNative.SetSettings(StandardInput, TerminalNative.AfterOutput, settings);
        _isRaw = false;
    }
}
