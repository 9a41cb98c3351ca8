using System.Runtime.InteropServices;
using Dominion.Cpu.X86.Decoding;

namespace Dominion.Cpu.X86;

/// <content>What a core does with the others of its domain: runs alone for a moment, gives way, and ends a block early when an event has come with the instruction that runs.</content>
internal sealed unsafe partial class X86Core
{
    /// <summary>How many PAUSEs a core executes before it gives way: a spinning waiter must not keep the lock's holder off the host's processor.</summary>
    private const int PausesPerTurn = 64;

    private readonly CoreGroup? _group;
    private readonly nint* _cutHandlers = (nint*)NativeMemory.Alloc(BlockCache.MaximumInstructions + 1, (nuint)sizeof(nint));
    private Block* _cutBlock;
    private int _pauses;

    /// <summary>Begins a locked access that is done piecewise: no other vCPU runs until <see cref="EndExclusive"/>.</summary>
    public void BeginExclusive() => _group?.BeginExclusive(this);

    /// <summary>Ends the locked access.</summary>
    public void EndExclusive() => _group?.EndExclusive();

    /// <summary>Makes the core look at its signals before the next block. Safe from any thread.</summary>
    public void RequestAttention() => Volatile.Write(ref S->Attention, 1);

    /// <summary>PAUSE: after many of them, lets others have the host's processor, and the scheduler of virtual time run another vCPU.</summary>
    public Op* Pause(Op* op)
    {
        if (VcpuCount == 1 || ++_pauses < PausesPerTurn)
            return op + 1;
        _pauses = 0;
        Thread.Yield();
        _exitRequested = true;
        S->Attention = 1;
        return LeaveAfter(op);
    }

    /// <summary>Ends a serializing instruction (SDM volume 3A, 9.3): stores before it are seen by others, and what they have written to code is seen by what follows.</summary>
    public Op* Serialize(Op* op)
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref S->Attention) != 0 ? LeaveAfter(op) : op + 1;
    }

    /// <summary>Ends the block that runs behind the instruction that runs. An access to a device has made an event; it is taken at the next instruction boundary.</summary>
    private void CutBlock()
    {
        Block* block = S->Block;
        if (block == null || _cutBlock != null)
            return;
        _cutBlock = block;
        for (int i = 1; i <= block->Count; i++)
        {
            _cutHandlers[i] = (nint)block->Ops[i].Handler;
            block->Ops[i].Handler = &Interpreter.Control.BlockEnds.Refetch;
        }
    }

    /// <summary>Gives a block that was cut its handlers back. Before any block is looked up or decoded.</summary>
    private void MendBlock()
    {
        Block* block = _cutBlock;
        _cutBlock = null;
        for (int i = 1; i <= block->Count; i++)
            block->Ops[i].Handler = (delegate*<State.CoreState*, Op*, X86Core, Op*>)_cutHandlers[i];
    }
}
