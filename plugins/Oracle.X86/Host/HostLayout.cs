namespace Dominion.Oracle.X86.Host;

/// <summary>What is where in the memory that only the host's side uses: far from the arena, so that no instruction under test reaches it.</summary>
internal static class HostLayout
{
    public const int Size = 0x3_0000;
    public const int Entry = 0;
    public const int Handler = 0x1000;

    /// <summary>The <see cref="ProcessorState"/> that is loaded.</summary>
    public const int State = 0x2000;

    /// <summary>RIP, CS, RFLAGS, RSP and SS for IRETQ.</summary>
    public const int Frame = State + ProcessorState.Size;

    public const int HostStack = Frame + 0x30;
    public const int HostFs = Frame + 0x38;

    /// <summary>Where the kernel's <c>ucontext</c> of the last exception is, on the alternate stack.</summary>
    public const int Context = Frame + 0x40;

    /// <summary>Not zero while an instruction under test may run.</summary>
    public const int Active = Frame + 0x48;

    /// <summary>ES, DS, FS and GS as the instruction left them, which the kernel does not save.</summary>
    public const int Selectors = Frame + 0x50;

    /// <summary>The handlers that were there before, by signal.</summary>
    public const int OldHandlers = Frame + 0x80;

    /// <summary>A <c>struct sigaction</c> of the kernel for the default action.</summary>
    public const int DefaultAction = OldHandlers + 0x100;

    public const int AlternateStack = 0x8000;
    public const int AlternateStackSize = 0x2_0000;
}
