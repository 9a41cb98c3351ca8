namespace Dominion.Oracle.X86.Platform;

/// <summary>The process's handlers of the signals that instructions raise, and this thread's alternate stack and signal mask, replaced while this lives. For the thread that makes it; the handlers are the process's, so one lives at a time.</summary>
internal sealed unsafe class FaultSignals : IDisposable
{
    private const int SetMask = 2;
    private const int Siginfo = 4;
    private const int OnStack = 0x0800_0000;
    private const int NoDefer = 0x4000_0000;
    private static readonly Lock OneAtATime = new();
    private readonly LinuxNative.SignalActionRecord[] old = new LinuxNative.SignalActionRecord[LinuxNative.FaultSignals.Length];
    private readonly ulong[] oldMask = new ulong[16];
    private readonly LinuxNative.AlternateStackRecord oldStack;

    /// <param name="handler">The new handler.</param>
    /// <param name="stack">Where it runs.</param>
    /// <param name="stackSize">How many bytes that has.</param>
    /// <param name="oldHandlers">Receives the handlers that were there before, by signal.</param>
    public FaultSignals(nint handler, nint stack, int stackSize, nint* oldHandlers)
    {
        OneAtATime.Enter();

        // Signals to the whole process go to other threads: their handlers would run on the stack and the FS base of an instruction under test.
        ulong* mask = stackalloc ulong[16];
        new Span<ulong>(mask, 16).Fill(ulong.MaxValue);
        foreach (int signal in LinuxNative.FaultSignals)
            mask[0] &= ~(1UL << (signal - 1));
        fixed (ulong* previous = oldMask)
            _ = LinuxNative.SignalMask(SetMask, mask, previous);
        LinuxNative.AlternateStackRecord record = new() { Start = stack, Size = (nuint)stackSize };
        fixed (LinuxNative.AlternateStackRecord* previous = &oldStack)
            LinuxNative.Check(LinuxNative.AlternateStack(&record, previous) == 0, "sigaltstack");
        for (int i = 0; i < old.Length; i++)
        {
            int signal = LinuxNative.FaultSignals[i];
            LinuxNative.SignalActionRecord action = new() { Handler = handler, Flags = Siginfo | OnStack | NoDefer };
            fixed (LinuxNative.SignalActionRecord* previous = &old[i])
            {
                LinuxNative.Check(LinuxNative.SignalAction(signal, null, previous) == 0, "sigaction");
                oldHandlers[signal] = previous->Handler;
            }

            LinuxNative.Check(LinuxNative.SignalAction(signal, &action, null) == 0, "sigaction");
        }
    }

    public void Dispose()
    {
        for (int i = 0; i < old.Length; i++)
        {
            fixed (LinuxNative.SignalActionRecord* previous = &old[i])
                _ = LinuxNative.SignalAction(LinuxNative.FaultSignals[i], previous, null);
        }

        fixed (LinuxNative.AlternateStackRecord* previous = &oldStack)
            _ = LinuxNative.AlternateStack(previous, null);
        fixed (ulong* previous = oldMask)
            _ = LinuxNative.SignalMask(SetMask, previous, null);
        OneAtATime.Exit();
    }
}
