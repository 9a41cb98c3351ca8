using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Tests.Running;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Vector;

/// <summary>When vector instructions fault (SDM volume 2, 2.4 "AVX and SSE Instruction Exception Classification"; volume 3A, 6.15, 13.1), and what they leave behind.</summary>
public sealed unsafe class VectorFaultTests : IDisposable
{
    private const ulong Linear = 0x4000_0000;
    private const ulong Emulation = 1 << 2;
    private const ulong TaskSwitched = 1 << 3;
    private const ulong OsFxsr = 1 << 9;
    private const ulong OsXmmExceptions = 1 << 10;
    private const uint ZeroDivideMask = 1 << 9;
    private const uint ZeroDivideFlag = 1 << 2;
    private readonly CoreProcessor core = new(Linear);

    public void Dispose() => core.Dispose();

    [Theory]
    [InlineData(0UL, OsFxsr, null)]
    [InlineData(TaskSwitched, OsFxsr, X86Exception.DeviceNotAvailable)]
    [InlineData(0UL, 0UL, X86Exception.InvalidOpcode)]
    [InlineData(TaskSwitched, 0UL, X86Exception.InvalidOpcode)]
    [InlineData(Emulation, OsFxsr, X86Exception.InvalidOpcode)]
    [InlineData(Emulation | TaskSwitched, OsFxsr, X86Exception.InvalidOpcode)]
    public void SseHangsOnControlRegisters(ulong cr0, ulong cr4, X86Exception? expected)
    {
        core.Initial.Cr0 |= cr0;
        core.Initial.Cr4 = (core.Initial.Cr4 & ~OsFxsr) | cr4;
        Check(expected, c => c.paddb(xmm0, xmm1));
        Check(expected, c => c.addps(xmm0, xmm1));
        Check(expected, c => c.movaps(xmm0, xmm1));
        Check(expected, c => c.cvtps2pi(mm0, xmm1));
        Check(expected, c => c.ptest(xmm0, xmm1));
        Check(expected, c => c.movmskps(eax, xmm1));
    }

    [Theory]
    [InlineData(0UL, 0, null)]
    [InlineData(TaskSwitched, 0, X86Exception.DeviceNotAvailable)]
    [InlineData(Emulation, 0, X86Exception.InvalidOpcode)]
    [InlineData(0UL, 0x80, X86Exception.FloatingPointError)]
    [InlineData(TaskSwitched, 0x80, X86Exception.DeviceNotAvailable)]
    public void MmxHangsOnControlRegistersAndPendingExceptions(ulong cr0, int floatStatus, X86Exception? expected)
    {
        core.Initial.Cr0 |= cr0;
        core.Initial.FloatStatus = (ushort)floatStatus;
        Check(expected, c => c.paddb(mm0, mm1));
        Check(expected, c => c.movd(mm0, eax));
        Check(expected, c => c.pmovmskb(eax, mm1));
    }

    [Fact]
    public void FencesAndNonTemporalIntegersNeedNothing()
    {
        core.Initial.Cr0 |= TaskSwitched;
        core.Initial.Cr4 &= ~OsFxsr;
        Check(null, c => c.mfence());
        Check(null, c => c.sfence());
        Check(null, c => c.movnti(__dword_ptr[rsi], eax));
    }

    [Fact]
    public void MisalignedOperandsRaiseGeneralProtection()
    {
        Check(X86Exception.GeneralProtection, c => c.movaps(xmm0, __xmmword_ptr[rsi + 8]));
        Check(X86Exception.GeneralProtection, c => c.movdqa(__xmmword_ptr[rsi + 1], xmm0));
        Check(X86Exception.GeneralProtection, c => c.paddb(xmm0, __xmmword_ptr[rsi + 4]));
        Check(X86Exception.GeneralProtection, c => c.addps(xmm0, __xmmword_ptr[rsi + 8]));
        Check(X86Exception.GeneralProtection, c => c.movntdq(__xmmword_ptr[rsi + 8], xmm0));
        Check(X86Exception.GeneralProtection, c => c.pblendvb(xmm1, __xmmword_ptr[rsi + 8]));
        Check(X86Exception.GeneralProtection, c => c.ptest(xmm1, __xmmword_ptr[rsi + 8]));
        Check(null, c => c.movups(xmm0, __xmmword_ptr[rsi + 1]));
        Check(null, c => c.movdqu(__xmmword_ptr[rsi + 1], xmm0));
        Check(null, c => c.lddqu(xmm0, __xmmword_ptr[rsi + 3]));
        Check(null, c => c.pcmpistri(xmm0, __xmmword_ptr[rsi + 5], 0));
        Check(null, c => c.addss(xmm0, __dword_ptr[rsi + 1]));
        Check(null, c => c.pmovzxbw(xmm0, __qword_ptr[rsi + 1]));
    }

    [Theory]
    [InlineData(OsXmmExceptions, X86Exception.SimdFloatingPoint)]
    [InlineData(0UL, X86Exception.InvalidOpcode)]
    public void UnmaskedExceptionsLeaveTheDestination(ulong cr4, X86Exception expected)
    {
        core.Initial.Cr4 = (core.Initial.Cr4 & ~OsXmmExceptions) | cr4;
        ProcessorState state = CreateState();
        state.Mxcsr &= ~ZeroDivideMask;
        state.Xmm[0] = 0x3F80_0000;
        Check(expected, ref state, c => c.divss(xmm0, xmm1));
        Assert.Equal(0x3F80_0000UL, core.State.Vectors[0].AsUInt64()[0]);
        Assert.NotEqual(0u, core.State.Mxcsr & ZeroDivideFlag);
    }

    [Fact]
    public void ReservedBitsOfMxcsrAreRefused()
    {
        BitConverter.TryWriteBytes(core.Data[ArenaLayout.DataMiddle..], 0x1_1F80u);
        Check(X86Exception.GeneralProtection, c => c.ldmxcsr(__dword_ptr[rsi]));
    }

    [Fact]
    public void MmxMakesTheX87RegistersValid()
    {
        core.Initial.FloatStatus = 5 << 11;
        core.Initial.FloatTag = 0xFFFF;
        ProcessorState state = CreateState();
        core.Initial.Float[3] = 0;
        Check(null, ref state, c => c.movd(mm3, eax));
        Assert.Equal(0, core.State.FloatStatus);
        Assert.Equal(0, core.State.FloatTag);
        Assert.Equal(0xFFFFUL, (ulong)(core.State.Float[3] >> 64));
    }

    [Fact]
    public void ConversionFromMemoryLeavesTheX87Registers()
    {
        core.Initial.FloatTag = 0xFFFF;
        Check(null, c => c.cvtpi2pd(xmm0, __qword_ptr[rsi]));
        Assert.Equal(0xFFFF, core.State.FloatTag);
    }

    private static ProcessorState CreateState()
    {
        ProcessorState state = default;
        state.Mxcsr = 0x1F80;
        state.Rflags = 0x202;
        state.Gpr[(int)X86Register.Rsi] = Linear + ArenaLayout.DataMiddle;
        state.Gpr[(int)X86Register.Rsp] = Linear + ArenaLayout.Stack;
        return state;
    }

    private void Check(X86Exception? expected, Action<Assembler> emit)
    {
        ProcessorState state = CreateState();
        Check(expected, ref state, emit);
    }

    private void Check(X86Exception? expected, ref ProcessorState state, Action<Assembler> emit)
    {
        Assembler c = new(64);
        emit(c);
        var bytes = new MemoryStream();
        c.Assemble(new StreamCodeWriter(bytes), Linear + ArenaLayout.Instruction);
        string? problem = core.Run(bytes.ToArray(), ref state);
        Assert.True((X86Exception?)core.Fault?.Vector == expected, $"{c.Instructions[0]}: {problem ?? "no exception"}");
    }
}
