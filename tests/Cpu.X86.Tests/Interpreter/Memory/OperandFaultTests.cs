using Dominion.Cpu.X86.Tests.Running;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Memory;

/// <summary>Which exception an operand in memory raises, and where.</summary>
public sealed unsafe class OperandFaultTests : IDisposable
{
    private const ulong Linear = 0x20_0000;
    private const ulong End = Linear + ArenaLayout.Size;
    private const ulong AlignmentMask = 1UL << 18;
    private const ulong AlignmentCheck = 1UL << 18;
    private const ulong NonCanonical = 0x8000_0000_0000;
    private readonly CoreProcessor core = new(Linear);

    /// <summary>SDM volume 3A, 4.7: CR2 is the address that could not be translated, which is the second page's first.</summary>
    [Fact]
    public void AnAccessAcrossAPageFaultsAtTheSecondPage()
    {
        Assert.Equal(X86Exception.PageFault, Run(End - 3, 0, c => c.rol(__qword_ptr[rsi], 1)));
        Assert.Equal(End, core.Fault!.Value.FaultAddress);
        Assert.Equal(X86Exception.PageFault, Run(End - 3, 0, c => c.xadd(__qword_ptr[rsi], rax)));
        Assert.Equal(End, core.Fault!.Value.FaultAddress);
        Assert.Equal(X86Exception.PageFault, Run(End - 3, 0, c => c.maskmovdqu(xmm0, xmm1), X86Register.Rdi));
        Assert.Equal(End, core.Fault!.Value.FaultAddress);
    }

    /// <summary>SDM volume 1, 3.3.7.1: in 64-bit code the prefixes for CS, DS, ES and SS do not count.</summary>
    [Fact]
    public void TheBaseRegisterAloneDecidesBetweenStackFaultAndProtectionFault()
    {
        Assert.Equal(X86Exception.GeneralProtection, Run(NonCanonical, 0, c => c.mov(rax, __qword_ptr.ss[rsi])));
        Assert.Equal(X86Exception.StackFault, Run(NonCanonical, 0, c => c.mov(rax, __qword_ptr.ds[rbp]), X86Register.Rbp));
        Assert.Equal(X86Exception.StackFault, Run(NonCanonical, 0, c => c.mov(rax, __qword_ptr[rbp]), X86Register.Rbp));
        Assert.Equal(X86Exception.GeneralProtection, Run(NonCanonical, 0, c => c.mov(rax, __qword_ptr.fs[rbp]), X86Register.Rbp));
    }

    /// <summary>SDM volume 2, table 2-23: no #AC for any mask.</summary>
    [Fact]
    public void MaskedMovesAndGathersNeedNoAlignment()
    {
        core.Initial.Cr0 |= AlignmentMask;
        ulong operand = Linear + ArenaLayout.DataMiddle + 1;
        Assert.Null(Run(operand, AlignmentCheck, c => c.vmaskmovps(xmm0, xmm15, __xmmword_ptr[rsi])));
        Assert.Null(Run(operand, AlignmentCheck, c => c.vmaskmovps(__xmmword_ptr[rsi], xmm15, xmm0)));
        Assert.Null(Run(operand, AlignmentCheck, c => c.vpgatherdd(xmm0, __dword_ptr[rsi + xmm1], xmm15)));
        Assert.Equal(X86Exception.AlignmentCheck, Run(operand, AlignmentCheck, c => c.mov(eax, __dword_ptr[rsi])));
    }

    /// <summary>SDM volume 3A, table 6-7: the x87 state is aligned as its elements of 4 or 2 bytes are, an 80-bit number to 8 bytes.</summary>
    [Fact]
    public void TheFloatStateIsAligned()
    {
        core.Initial.Cr0 |= AlignmentMask;
        ulong operand = Linear + ArenaLayout.DataMiddle + 2;
        Assert.Equal(X86Exception.AlignmentCheck, Run(operand, AlignmentCheck, c => c.fnsave(__[rsi])));
        Assert.Equal(X86Exception.AlignmentCheck, Run(operand, AlignmentCheck, c => c.fnstenv(__[rsi])));
        Assert.Null(Run(operand + 2, AlignmentCheck, c => c.fnstenv(__[rsi])));
        Assert.Equal(X86Exception.AlignmentCheck, Run(operand + 2, AlignmentCheck, c => c.fld(__tbyte_ptr[rsi])));
        Assert.Null(Run(operand, 0, c => c.fnsave(__[rsi])));
    }

    /// <summary>What the host's processor does where SDM volume 3A, 6.9 gives no order: the destination's page fault comes before the conversion's exception.</summary>
    [Fact]
    public void AHalfPrecisionStoreFaultsBeforeItConverts()
    {
        Assert.Equal(X86Exception.PageFault, Run(End - 1, 0, c => c.vcvtps2ph(__qword_ptr[rsi], xmm15, 4), mxcsr: 0));
        Assert.Equal(0u, core.State.Mxcsr);
    }

    /// <summary>SDM volume 3A, table 13-1.</summary>
    [Fact]
    public void EmmsEmptiesTheStackAndClearsItsTop()
    {
        core.Initial.FloatStatus = 0x3800;
        Assert.Null(Run(0, 0, c => c.emms()));
        Assert.Equal(0, core.State.FloatStatus);
        Assert.Equal(0xFFFF, core.State.FloatTag);
    }

    /// <summary>SDM volume 2, 2.3.11: more than 15 bytes are #GP; LOCK before what cannot take it is #UD however long it is.</summary>
    [Theory]
    [InlineData("F0 2E 2E 2E C7 84 81 2F 81 0E 00 FF FF FF FF", X86Exception.InvalidOpcode)]
    [InlineData("F0 2E 2E 2E 2E C7 84 81 2F 81 0E 00 FF FF FF FF", X86Exception.GeneralProtection)]
    [InlineData("2E 2E 2E 2E 2E C7 84 81 2F 81 0E 00 FF FF FF FF", X86Exception.GeneralProtection)]
    public void TheLongestInstructionHasFifteenBytes(string code, X86Exception expected)
    {
        ProcessorState state = default;
        state.Rflags = 0x202;
        core.Run(Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal)), ref state);
        Assert.Equal(expected, (X86Exception?)core.Fault?.Vector);
    }

    public void Dispose() => core.Dispose();

    private X86Exception? Run(ulong operand, ulong flags, Action<Assembler> emit, X86Register register = X86Register.Rsi, uint mxcsr = 0x1F80)
    {
        Assembler c = new(64);
        emit(c);
        using var bytes = new MemoryStream();
        c.Assemble(new StreamCodeWriter(bytes), Linear + ArenaLayout.Instruction);
        ProcessorState state = default;
        state.Rflags = 0x202 | flags;
        state.Mxcsr = mxcsr;
        Fill(ref state);
        state.Gpr[(int)X86Register.Rsp] = Linear + ArenaLayout.Stack;
        state.Gpr[(int)register] = operand;
        core.Run(bytes.ToArray(), ref state);
        return (X86Exception?)core.Fault?.Vector;
    }

    /// <summary>XMM15: a mask of all ones, and a denormal for the conversion.</summary>
    private static void Fill(ref ProcessorState state)
    {
        state.Xmm[30] = 0x8000_0001_8000_0001;
        state.Xmm[31] = 0x8000_0001_8000_0001;
    }
}
