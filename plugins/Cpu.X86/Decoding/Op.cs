using System.Runtime.InteropServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Decoding;

/// <summary>One decoded instruction, ready to execute. Operands are byte offsets into <see cref="CoreState"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Op
{
    /// <summary>Executes the instruction and returns the one to execute next, or null when the block loop must be left (<see cref="CoreState.Leave"/> says why).</summary>
    public delegate*<CoreState*, Op*, X86Core, Op*> Handler;

    /// <summary>The immediate, sign-extended to the operand size and beyond; for direct branches the displacement from <see cref="CoreState.BlockRip"/> to the target.</summary>
    public long Immediate;

    /// <summary>The displacement of the memory operand, or its absolute address.</summary>
    public long Displacement;

    /// <summary>Where the base register is; <see cref="CoreState.Zero"/> without one, <see cref="CoreState.BlockRip"/> for RIP-relative operands.</summary>
    public ushort Base;

    /// <summary>Where the index register is.</summary>
    public ushort Index;

    /// <summary>Where the segment's base is; <see cref="CoreState.Zero"/> for the flat segments of 64-bit mode.</summary>
    public ushort SegmentBase;

    /// <summary>The shift of the index: 0 to 3.</summary>
    public byte Scale;

    /// <summary>The segment register of the memory operand, see <see cref="X86SegmentRegister"/>.</summary>
    public byte Segment;

    /// <summary>Where the first register operand is.</summary>
    public ushort Reg;

    /// <summary>Where the second register operand is.</summary>
    public ushort Rm;

    /// <summary>The address-size mask for operands outside 64-bit addressing.</summary>
    public uint AddressMask;

    /// <summary>The instruction's offset from the block's first byte; negative offsets do not occur.</summary>
    public ushort Offset;

    /// <summary>The instruction's number in its block, from 0.</summary>
    public byte Number;

    /// <summary>The instruction's length in bytes.</summary>
    public byte Length;

    /// <summary>For an instruction group's own use.</summary>
    public ushort Extra;

    /// <summary>Operand size in bytes, where one handler serves several.</summary>
    public byte Size;

    /// <summary>Prefixes that a handler must see, see <see cref="OpPrefix"/>.</summary>
    public OpPrefix Prefix;
}
