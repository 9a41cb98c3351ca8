using System.Runtime.InteropServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Paging;

namespace Dominion.Cpu.X86.State;

/// <summary>A vCPU's state as the interpreter keeps it while it runs: the architectural state, then what makes it fast. Lives in native memory, so its address never changes; operands are byte offsets into it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CoreState
{
    /// <summary>The architectural state; <see cref="X86State.Rip"/> and the status bits of <see cref="X86State.Rflags"/> are stale while blocks run.</summary>
    public X86State Arch;

    /// <summary>Always zero: the base, index or segment base of an operand that has none.</summary>
    public ulong Zero;

    /// <summary>RIP of the first instruction of the block that runs. An instruction's own RIP is this plus <see cref="Op.Offset"/>.</summary>
    public ulong BlockRip;

    /// <summary>The result that ZF, SF and PF come from, sign-extended. See <see cref="Flags"/>.</summary>
    public ulong FlagResult;

    /// <summary>The carries that CF, OF and AF come from. See <see cref="Flags"/>.</summary>
    public ulong FlagAux;

    /// <summary>The translations for data accesses in the current privilege and AC state.</summary>
    public TlbEntry* Tlb;

    /// <summary>The block that runs.</summary>
    public Block* Block;

    /// <summary>Recently executed blocks by RIP.</summary>
    public JumpCacheEntry* JumpCache;

    /// <summary>Instructions that may still be retired in this run; a block is taken off whole when it is entered.</summary>
    public long Budget;

    /// <summary>Not zero when the outer loop must look at events before the next block. Set by any thread.</summary>
    public int Attention;

    /// <summary>Changes whenever a link between blocks, or a jump cache entry, may have become wrong.</summary>
    public uint Generation;

    /// <summary>The mode part of the key of blocks for the current mode.</summary>
    public uint Mode;

    /// <summary>The current privilege level.</summary>
    public int Cpl;

    /// <summary>The bits above a canonical address that repeat its highest: 16, or 7 with 5-level paging.</summary>
    public int CanonicalShift;

    /// <summary>Bit n: segment n can be read at every offset without a check.</summary>
    public uint FlatForRead;

    /// <summary>Bit n: segment n can be written at every offset without a check.</summary>
    public uint FlatForWrite;

    /// <summary>Why the block loop was left when a handler returns null.</summary>
    public LeaveReason Leave;

    /// <summary>Not zero when x87 instructions fault (CR0.EM or CR0.TS).</summary>
    public byte FloatBlocked;

    /// <summary>Not zero when MMX instructions fault.</summary>
    public byte MmxBlocked;

    /// <summary>Not zero when SSE instructions fault (CR0.EM, CR0.TS or CR4.OSFXSR clear).</summary>
    public byte SseBlocked;

    /// <summary>Not zero when instructions of AVX and its kin fault (outside protected mode, CR4.OSXSAVE clear, XCR0 without SSE and AVX, or CR0.TS).</summary>
    public byte AvxBlocked;

    /// <summary>Zero, or <see cref="FloatingPoint.Sse.SseControl.Software"/>.</summary>
    public uint VectorArithmetic;

    /// <summary>The exception or interrupt to deliver when <see cref="Leave"/> is <see cref="LeaveReason.Fault"/>.</summary>
    public byte FaultVector;

    /// <summary>Whether <see cref="FaultErrorCode"/> is pushed.</summary>
    public bool FaultHasErrorCode;

    /// <summary>The kind of event.</summary>
    public X86EventType FaultType;

    /// <summary>For software interrupts: the length of the instruction, behind which they return.</summary>
    public byte FaultLength;

    /// <summary>The error code.</summary>
    public uint FaultErrorCode;

    /// <summary>What CR2 becomes, or the bits for DR6.</summary>
    public ulong FaultAddress;

    /// <summary>What vector arithmetic goes by: MXCSR, and whether the host's arithmetic may be used.</summary>
    public readonly uint VectorControl => Arch.Mxcsr | VectorArithmetic;
}
