namespace Dominion.Cpu.X86;

/// <summary>One x86 vCPU, owned by one thread at a time. Only the members that say so are safe from other threads.</summary>
public interface IX86Core : ICpuCore
{
    /// <summary>The architectural state. Valid while the core does not run, and inside an intercept's handler.</summary>
    ref X86State State { get; }

    /// <summary>What is intercepted now.</summary>
    ref X86GuestControls Controls { get; }

    /// <summary>Who answers intercepts, or null.</summary>
    IX86InterceptHandler? InterceptHandler { get; set; }

    /// <summary>The local APIC, or null for a core without one.</summary>
    IX86LocalApic? LocalApic { get; set; }

    /// <summary>The frequency of the time-stamp counter in Hz.</summary>
    long TscFrequency { get; }

    /// <summary>The time-stamp counter as the guest reads it outside guest mode: <c>IClock.Now</c> scaled, plus what the guest wrote.</summary>
    ulong TimestampCounter { get; }

    /// <summary>Instructions retired since the core was made. Exact for the running thread.</summary>
    long InstructionsRetired { get; }

    /// <summary>Converts a value of the time-stamp counter to the clock's time.</summary>
    /// <param name="timestamp">The counter's value.</param>
    /// <returns>Nanoseconds of <see cref="Time.IClock.Now"/>, rounded up; the past gives a past time.</returns>
    long TimestampToClock(ulong timestamp);

    /// <summary>Runs until an exit, a request, or the budget is spent.</summary>
    /// <param name="limits">The bounds.</param>
    /// <returns>How it ended.</returns>
    X86Exit Run(in X86RunLimits limits);

    /// <summary>Takes the state after power-on (SDM volume 3A, 9.1.1, table 9-1).</summary>
    void Reset();

    /// <summary>Queues an exception or interrupt, which the next run delivers before its first instruction.</summary>
    /// <param name="e">The event.</param>
    void Raise(in X86Event e);

    /// <summary>Walks the page tables as they stand, as an access would.</summary>
    /// <param name="linear">The linear address.</param>
    /// <param name="access">What would be done.</param>
    /// <param name="physical">The physical address on success.</param>
    /// <param name="errorCode">The error code of the page fault otherwise.</param>
    /// <returns>What the walk found.</returns>
    X86TranslationResult Translate(ulong linear, X86Access access, out ulong physical, out uint errorCode);

    /// <summary>Drops the cached translations of one page, global ones and every tag's included.</summary>
    /// <param name="linear">A linear address in the page.</param>
    void FlushPage(ulong linear);

    /// <summary>What CPUID gives outside guest mode.</summary>
    /// <param name="leaf">EAX.</param>
    /// <param name="subleaf">ECX.</param>
    /// <returns>The four registers.</returns>
    X86CpuidResult GetCpuid(uint leaf, uint subleaf);

    /// <summary>Decodes the instruction at CS:RIP and describes it as its intercept would: for a monitor that emulates what a deprivileged kernel may not execute. Inside an intercept's handler or while the core does not run.</summary>
    /// <param name="info">The intercept, the length, and where the instruction has them: the port, MSR, or number of the control or debug register; the general register; the width; the value to be written; for INS and OUTS the linear address of the element.</param>
    /// <returns>False when the instruction cannot be fetched, or is none that has an intercept of its own.</returns>
    bool TryDescribeInstruction(out X86InterceptInfo info);

    /// <summary>Drops cached translations.</summary>
    /// <param name="scope">Which.</param>
    /// <param name="tag">The tag, where the scope asks for one.</param>
    void FlushTranslations(X86FlushScope scope, uint tag);

    /// <summary>Tells the core that <see cref="State"/> was changed from outside a run in a way that changes its mode (CR0, CR4, EFER, CS, RFLAGS.VM).</summary>
    void StateChanged();

    /// <summary>Makes <see cref="Run"/> return soon. Safe from any thread.</summary>
    void RequestExit();

    /// <summary>Drives the INTR pin from the local APIC or an interrupt controller. Safe from any thread.</summary>
    /// <param name="asserted">Whether an interrupt waits.</param>
    void SetInterruptRequest(bool asserted);

    /// <summary>Signals an NMI. Safe from any thread.</summary>
    void SignalNmi();

    /// <summary>Drives the RESET# pin. Safe from any thread. While it is asserted the vCPU does nothing; when it is released the vCPU takes the state after power-on.</summary>
    /// <param name="asserted">Whether the vCPU is held.</param>
    void SetReset(bool asserted);

    /// <summary>Signals INIT. Safe from any thread.</summary>
    void SignalInit();

    /// <summary>Signals a startup IPI. Safe from any thread; ignored unless the vCPU waits for one.</summary>
    /// <param name="vector">The page number of the first instruction.</param>
    void SignalStartup(byte vector);

    /// <summary>Whether <see cref="Run"/> would do something now. Safe from any thread.</summary>
    bool HasWork { get; }

    /// <summary>Raised, on any thread, when an event arrives that may end a wait.</summary>
    event Action? Woken;

    /// <summary>Describes the registers for a person.</summary>
    /// <returns>Several lines.</returns>
    string DescribeState();
}
