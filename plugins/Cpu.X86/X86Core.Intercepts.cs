using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interception;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86;

/// <content>Instructions ask here whether they are intercepted. Without a handler, or with the bit clear, the answer costs two loads.</content>
internal sealed unsafe partial class X86Core
{
    private readonly InstructionDescriber _describer;

    /// <summary>Asks about an instruction that has no operand of interest.</summary>
    /// <param name="op">The instruction.</param>
    /// <param name="intercept">The condition.</param>
    /// <param name="next">What the instruction must return when the answer is true.</param>
    /// <param name="stage">When, against the instruction's own faults.</param>
    /// <returns>True when the instruction is over.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Intercepted(Op* op, X86Intercept intercept, out Op* next, X86InterceptStage stage = X86InterceptStage.AfterChecks)
    {
        next = null;
        if (!_controls->Intercepts.Contains(intercept))
            return false;
        var info = new X86InterceptInfo { Intercept = intercept, Stage = stage };
        return Intercepted(op, ref info, out next);
    }

    /// <summary>Asks about an instruction, with its operand.</summary>
    /// <returns>True when the instruction is over; otherwise it goes on, with <see cref="X86InterceptInfo.Value"/> as the handler left it.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Intercepted(Op* op, ref X86InterceptInfo info, out Op* next)
    {
        next = null;
        info.InstructionLength = op->Length;
        CoreState* s = S;
        s->Arch.Rip = OpRip(op);
        CurrentOp = op;
        X86Verdict verdict = AskHandler(ref info);
        switch (verdict)
        {
            case X86Verdict.Completed:
                s->Budget += s->Block->Count - op->Number - 1;
                return true;
            case X86Verdict.Exited:
                s->Budget += s->Block->Count - op->Number;
                s->Leave = LeaveReason.Exit;
                return true;
            default:
                CurrentOp = null;
                return false;
        }
    }

    /// <inheritdoc/>
    public bool TryDescribeInstruction(out X86InterceptInfo info) => _describer.TryDescribe(out info);

    /// <summary>Asks whether a write that the page tables forbid goes to a monitor instead of faulting.</summary>
    /// <param name="linear">The linear address.</param>
    /// <param name="physical">Where the monitor wants the access, as a device's.</param>
    /// <returns>False for the page fault.</returns>
    private bool TryRedirectWrite(ulong linear, out ulong physical)
    {
        var info = new X86InterceptInfo { Intercept = X86Intercept.WriteProtection, LinearAddress = linear, IsWrite = true };
        bool redirected = AskHandler(ref info) == X86Verdict.Replace;
        physical = info.Value;
        return redirected;
    }

    /// <summary>Whether a condition is intercepted at all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsIntercepted(X86Intercept intercept) => _controls->Intercepts.Contains(intercept);

    /// <summary>Goes on behind an instruction that may have changed the mode or let an interrupt in.</summary>
    public Op* LeaveOrContinue(Op* op) =>
        S->Mode != S->Block->Mode || Volatile.Read(ref S->Attention) != 0 ? LeaveAfter(op) : op + 1;
}
