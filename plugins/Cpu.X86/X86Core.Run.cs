using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86;

/// <content>The outer loop: finds blocks, runs them, and sees to events between them.</content>
internal sealed unsafe partial class X86Core
{
    private long _retired;
    private long _runBudget;
    private bool _resumes;

    /// <summary>The instruction that calls out of the core, for an exact count of instructions meanwhile.</summary>
    public Op* CurrentOp;

    /// <summary>Whether a trap follows the instruction that runs, because TF was set when it started (SDM volume 3B, 18.3.1.4).</summary>
    public bool TrapAfter;

    /// <summary>Set by the instruction that runs when it opens an interrupt shadow.</summary>
    public bool OpensShadow;

    /// <summary>Whether the last instruction is a repeated string instruction that has more to do: RFLAGS is pushed with RF set then (SDM volume 3B, 18.3.1.1).</summary>
    public bool BetweenIterations;

    public long InstructionsRetired
    {
        get
        {
            long retired = _retired + _runBudget - S->Budget;
            Op* op = CurrentOp;
            return op != null ? retired - (S->Block->Count - op->Number) : retired;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public X86Exit Run(in X86RunLimits limits)
    {
        long before = InstructionsRetired;
        _retired = before;
        _runningThread = Environment.CurrentManagedThreadId;
        _runBudget = limits.Instructions;
        S->Budget = limits.Instructions;
        Flags.Set(S, S->Arch.Rflags);
        UpdateMode();
        _group?.Enter();
        X86ExitReason reason = Execute();
        _group?.Leave();
        S->Arch.Rflags = Flags.Get(S);
        CurrentOp = null;
        return new X86Exit(reason, InstructionsRetired - before);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private X86ExitReason Execute()
    {
        CoreState* s = S;
        while (true)
        {
            if (_cutBlock != null)
                MendBlock();
            if (s->Leave == LeaveReason.Exit)
            {
                s->Leave = LeaveReason.Branch;
                return X86ExitReason.Intercepted;
            }

            if (Volatile.Read(ref s->Attention) != 0)
            {
                if (!ServiceSignals(out X86ExitReason reason))
                    return reason;
                if (s->Leave == LeaveReason.Exit)
                    continue;
            }

            if (s->Budget <= 0)
                return X86ExitReason.Budget;

            bool single = (s->Mode & BlockMode.Single) != 0;
            if (single && !BeforeSingle())
                continue;
            BetweenIterations = false;
            Block* block = Lookup(s->Arch.Rip);
            if (block != null)
            {
                s->Block = block;
                s->BlockRip = s->Arch.Rip;
                s->Budget -= block->Count;
                s->Leave = LeaveReason.Branch;
                Op* op = block->Ops;
                do
                    op = op->Handler(s, op, this);
                while (op != null);
                CurrentOp = null;
            }

            if (s->Leave == LeaveReason.Fault)
            {
                TrapAfter = false;
                s->Leave = LeaveReason.Branch;

                // A fault, and INT1, take the place of traps that a shadow held; INT n, INT3 and INTO let them happen in their handler.
                if (s->FaultType is X86EventType.HardwareException or X86EventType.PrivilegedSoftwareException)
                    s->Arch.PendingDebug = 0;
                Events.DeliverPending();
            }
            else if (s->Leave != LeaveReason.Exit)
            {
                if (single)
                    AfterSingle();
            }
            else if (single && _resumes)
            {
                s->Arch.Rflags |= Flags.Resume;
            }
        }
    }

    /// <summary>Finds or decodes the block at an address.</summary>
    /// <returns>Null when the fetch faults; the fault is recorded.</returns>
    private Block* Lookup(ulong rip)
    {
        CoreState* s = S;
        JumpCacheEntry* entry = JumpSlot(s, rip);
        if (entry->Rip == rip && entry->Generation == s->Generation && entry->Mode == s->Mode && entry->Block != null)
            return entry->Block;
        Block* block = FindBlock(rip);

        // A block of single mode is found by the outer loop alone, which looks for breakpoints and traps around it.
        if (block != null && block->SecondPage == 0 && (s->Mode & BlockMode.Single) == 0)
        {
            entry->Rip = rip;
            entry->Generation = s->Generation;
            entry->Mode = s->Mode;
            entry->Block = block;
        }

        return block;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static JumpCacheEntry* JumpSlot(CoreState* s, ulong rip) =>
        s->JumpCache + (int)((rip ^ (rip >> 12)) & (JumpCacheEntry.Count - 1));

    /// <summary>Goes to an address that is known only now: an indirect branch, a return.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Op* Indirect(CoreState* s, ulong rip)
    {
        JumpCacheEntry* entry = JumpSlot(s, rip);
        if (entry->Rip == rip && entry->Generation == s->Generation && entry->Mode == s->Mode && s->Attention == 0 && s->Budget > 0)
            return Enter(s, entry->Block, rip);
        s->Arch.Rip = rip;
        return null;
    }

    /// <summary>Goes on with a block whose address and mode are right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Op* Enter(CoreState* s, Block* block, ulong rip)
    {
        s->Budget -= block->Count;
        s->Block = block;
        s->BlockRip = rip;
        return block->Ops;
    }

    /// <summary>Goes where a direct branch leads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Op* Taken(CoreState* s, ulong rip)
    {
        Block* from = s->Block;
        if (from->TakenGeneration == s->Generation && s->Attention == 0 && s->Budget > 0)
            return Enter(s, from->Taken, rip);
        return FollowTaken(s, from, rip);
    }

    /// <summary>Goes on behind a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Op* FallThrough(CoreState* s, ulong rip)
    {
        Block* from = s->Block;
        if (from->NextGeneration == s->Generation && s->Attention == 0 && s->Budget > 0)
            return Enter(s, from->Next, rip);
        return FollowNext(s, from, rip);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Op* FollowTaken(CoreState* s, Block* from, ulong rip)
    {
        Op* op = Indirect(s, rip);
        if (op != null)
        {
            from->Taken = s->Block;
            from->TakenGeneration = s->Generation;
        }

        return op;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Op* FollowNext(CoreState* s, Block* from, ulong rip)
    {
        Op* op = Indirect(s, rip);
        if (op != null)
        {
            from->Next = s->Block;
            from->NextGeneration = s->Generation;
        }

        return op;
    }

    /// <summary>Ends a block behind an instruction that may have changed what follows: RIP goes to the next instruction, and the outer loop looks at everything anew.</summary>
    public Op* LeaveAfter(Op* op)
    {
        S->Arch.Rip = NextRip(op);
        S->Budget += S->Block->Count - op->Number - 1;
        return null;
    }

    /// <summary>Ends a block with RIP already set by the instruction.</summary>
    public Op* LeaveAt(ulong rip)
    {
        S->Arch.Rip = rip;
        return null;
    }

    /// <summary>Starts the instruction again: a repeated string instruction that has more to do, after a look at events.</summary>
    public Op* LeaveBefore(Op* op)
    {
        S->Arch.Rip = S->BlockRip + op->Offset;
        S->Budget += S->Block->Count - op->Number - 1;
        BetweenIterations = true;
        return null;
    }

    /// <summary>RIP of the instruction after this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextRip(Op* op) => (S->BlockRip + op->Offset + op->Length) & RipMask(S);

    /// <summary>RIP of this instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong OpRip(Op* op) => S->BlockRip + op->Offset;

    /// <summary>The bits of RIP that count in the current mode. In 16-bit code they are those of EIP too: only a branch with 16-bit operands cuts it off, and going past the end is a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RipMask(CoreState* s) => (s->Mode & BlockMode.Code64) != 0 ? ulong.MaxValue : uint.MaxValue;
}
