using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86;

/// <content>Records exceptions. An exception is a value in the state and a null (or false) on the way out, never a .NET exception.</content>
internal sealed unsafe partial class X86Core
{
    /// <summary>Whether the fault of a far JMP, CALL or IRET came when the new task had taken over, so that RIP is that task's (SDM volume 3A, 7.3).</summary>
    public bool FaultsInNewTask;

    /// <summary>Records an exception without an error code.</summary>
    /// <returns>Always false, so that a check can end with it.</returns>
    public bool SetFault(X86Exception vector)
    {
        S->FaultVector = (byte)vector;
        S->FaultType = X86EventType.HardwareException;
        S->FaultHasErrorCode = false;
        S->FaultLength = 0;
        S->FaultErrorCode = 0;
        S->FaultAddress = 0;
        return false;
    }

    /// <summary>Records an exception with an error code.</summary>
    /// <returns>Always false.</returns>
    public bool SetFault(X86Exception vector, uint errorCode)
    {
        SetFault(vector);
        S->FaultHasErrorCode = true;
        S->FaultErrorCode = errorCode;
        return false;
    }

    /// <summary>Records a page fault.</summary>
    /// <returns>Always false.</returns>
    public bool SetPageFault(ulong linear, uint errorCode)
    {
        SetFault(X86Exception.PageFault, errorCode);
        S->FaultAddress = linear;
        return false;
    }

    /// <summary>Records #DB with bits for DR6.</summary>
    /// <returns>Always false.</returns>
    public bool SetDebugFault(ulong dr6)
    {
        SetFault(X86Exception.Debug);
        S->FaultAddress = dr6;
        return false;
    }

    /// <summary>Gives up an instruction whose fault is recorded: nothing of it has happened.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Op* Abort(Op* op)
    {
        if (FaultsInNewTask)
            FaultsInNewTask = false;
        else
            S->Arch.Rip = OpRip(op);
        S->Budget += S->Block->Count - op->Number;
        if (S->Leave != LeaveReason.Exit)
            S->Leave = LeaveReason.Fault;
        return null;
    }

    /// <summary>Gives up an instruction with an exception.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Op* Raise(Op* op, X86Exception vector)
    {
        SetFault(vector);
        return Abort(op);
    }

    /// <summary>Gives up an instruction with an exception and its error code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Op* Raise(Op* op, X86Exception vector, uint errorCode)
    {
        SetFault(vector, errorCode);
        return Abort(op);
    }

    /// <summary>Ends an instruction that is a software interrupt or exception: it returns behind itself.</summary>
    public Op* RaiseSoftware(Op* op, X86EventType type, byte vector)
    {
        SetFault((X86Exception)vector);
        S->FaultType = type;
        S->FaultLength = op->Length;
        S->Budget--;
        return Abort(op);
    }

    /// <summary>#UD.</summary>
    public Op* Undefined(Op* op) => Raise(op, X86Exception.InvalidOpcode);

    /// <summary>#GP(0).</summary>
    public Op* GeneralProtection(Op* op) => Raise(op, X86Exception.GeneralProtection, 0);
}
