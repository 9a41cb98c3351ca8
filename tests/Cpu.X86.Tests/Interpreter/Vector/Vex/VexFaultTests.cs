using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Tests.Running;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Vector.Vex;

/// <summary>When instructions with VEX fault (SDM volume 2, 2.3 "Intel Advanced Vector Extensions" and 2.4 "AVX and SSE Instruction Exception Classification"), and what they leave behind.</summary>
public sealed unsafe class VexFaultTests : IDisposable
{
    private const ulong Linear = 0x4000_0000;
    private const ulong End = Linear + ArenaLayout.Size;
    private const ulong Emulation = 1 << 2;
    private const ulong TaskSwitched = 1 << 3;
    private const ulong OsFxsr = 1 << 9;
    private const ulong OsXmmExceptions = 1 << 10;
    private const ulong OsXsave = 1 << 18;
    private const ulong One = 0x3F80_0000_3F80_0000;
    private readonly CoreProcessor core = new(Linear);

    public void Dispose() => core.Dispose();

    [Theory]
    [InlineData(0UL, OsXsave | OsFxsr, 7UL, null)]
    [InlineData(Emulation, OsXsave | OsFxsr, 7UL, null)]
    [InlineData(0UL, OsXsave, 7UL, null)]
    [InlineData(TaskSwitched, OsXsave | OsFxsr, 7UL, X86Exception.DeviceNotAvailable)]
    [InlineData(0UL, OsFxsr, 7UL, X86Exception.InvalidOpcode)]
    [InlineData(TaskSwitched, OsFxsr, 7UL, X86Exception.InvalidOpcode)]
    [InlineData(0UL, OsXsave | OsFxsr, 3UL, X86Exception.InvalidOpcode)]
    [InlineData(0UL, OsXsave | OsFxsr, 1UL, X86Exception.InvalidOpcode)]
    public void AvxHangsOnControlRegisters(ulong cr0, ulong cr4, ulong xcr0, X86Exception? expected)
    {
        core.Initial.Cr0 |= cr0;
        core.Initial.Cr4 = (core.Initial.Cr4 & ~(OsFxsr | OsXsave)) | cr4;
        core.Initial.Xcr0 = xcr0;
        Check(expected, c => c.vpaddb(xmm0, xmm1, xmm2));
        Check(expected, c => c.vaddps(ymm0, ymm1, __ymmword_ptr[rsi]));
        Check(expected, c => c.vmovups(__ymmword_ptr[rsi], ymm0));
        Check(expected, c => c.vmovd(xmm0, eax));
        Check(expected, c => c.vptest(ymm0, ymm1));
        Check(expected, c => c.vpmovmskb(eax, ymm1));
        Check(expected, c => c.vzeroupper());
        Check(expected, c => c.vzeroall());
        Check(expected, c => c.vfmadd132ps(ymm0, ymm1, ymm2));
        Check(expected, c => c.vcvtps2ph(xmm0, ymm1, 0));
        Check(expected, c => c.vcvtps2ph(__xmmword_ptr[rsi], ymm1, 0));
        Check(expected, c => c.vpmaskmovd(ymm0, ymm1, __ymmword_ptr[rsi]));
        Check(expected, c => c.vpmaskmovd(__ymmword_ptr[rsi], ymm1, ymm0));
        Check(expected, c => c.vgatherdps(xmm0, __dword_ptr[rsi + xmm1], xmm2));
        Check(expected, c => c.vpcmpistri(xmm0, xmm1, 0));
        Check(expected, c => c.vldmxcsr(__dword_ptr[rsi + 0x40]));
        Check(expected, c => c.vstmxcsr(__dword_ptr[rsi]));
    }

    [Fact]
    public void OnlyAlignedMovesWantAlignment()
    {
        Check(X86Exception.GeneralProtection, c => c.vmovaps(xmm0, __xmmword_ptr[rsi + 8]));
        Check(X86Exception.GeneralProtection, c => c.vmovdqa(ymm0, __ymmword_ptr[rsi + 16]));
        Check(X86Exception.GeneralProtection, c => c.vmovapd(__ymmword_ptr[rsi + 16], ymm0));
        Check(X86Exception.GeneralProtection, c => c.vmovntdq(__ymmword_ptr[rsi + 16], ymm0));
        Check(X86Exception.GeneralProtection, c => c.vmovntps(__xmmword_ptr[rsi + 4], xmm0));
        Check(X86Exception.GeneralProtection, c => c.vmovntdqa(ymm0, __ymmword_ptr[rsi + 16]));
        Check(null, c => c.vmovaps(xmm0, __xmmword_ptr[rsi + 16]));
        Check(null, c => c.vmovups(ymm0, __ymmword_ptr[rsi + 1]));
        Check(null, c => c.vmovdqu(__ymmword_ptr[rsi + 1], ymm0));
        Check(null, c => c.vaddps(ymm0, ymm1, __ymmword_ptr[rsi + 3]));
        Check(null, c => c.vpaddb(xmm0, xmm1, __xmmword_ptr[rsi + 5]));
        Check(null, c => c.vptest(ymm0, __ymmword_ptr[rsi + 7]));
        Check(null, c => c.vpcmpestri(xmm0, __xmmword_ptr[rsi + 5], 0));
    }

    [Theory]
    [InlineData("C5F058C2", null)]
    [InlineData("66C5F058C2", X86Exception.InvalidOpcode)]
    [InlineData("F3C5F058C2", X86Exception.InvalidOpcode)]
    [InlineData("F2C5F058C2", X86Exception.InvalidOpcode)]
    [InlineData("F0C5F058C2", X86Exception.InvalidOpcode)]
    [InlineData("40C5F058C2", X86Exception.InvalidOpcode)]
    [InlineData("F0C5F05806", X86Exception.InvalidOpcode)]
    [InlineData("2EC5F058C2", null)]
    public void PrefixesBeforeVexAreRefused(string code, X86Exception? expected) => CheckBytes(expected, code);

    [Theory]
    [InlineData("C5F851C2", null)]
    [InlineData("C5F051C2", X86Exception.InvalidOpcode)]
    [InlineData("C5F96EC0", null)]
    [InlineData("C5FD6EC0", X86Exception.InvalidOpcode)]
    [InlineData("C4E27918C1", null)]
    [InlineData("C4E2F918C1", X86Exception.InvalidOpcode)]
    [InlineData("C4E27D1A06", null)]
    [InlineData("C4E2791A06", X86Exception.InvalidOpcode)]
    [InlineData("C4E2FD19C1", X86Exception.InvalidOpcode)]
    [InlineData("C4E27919C1", X86Exception.InvalidOpcode)]
    [InlineData("C5FCAE5640", X86Exception.InvalidOpcode)]
    public void UnusedFieldsOfVexAreRefused(string code, X86Exception? expected) => CheckBytes(expected, code);

    /// <summary>VGATHERDPS xmm, [rsi+xmm], xmm.</summary>
    [Theory]
    [InlineData("C4E26992040E", null)]
    [InlineData("C4E269920406", X86Exception.InvalidOpcode)]
    [InlineData("C4E269920416", X86Exception.InvalidOpcode)]
    [InlineData("C4E27992040E", X86Exception.InvalidOpcode)]
    public void GathersWantThreeRegisters(string code, X86Exception? expected) => CheckBytes(expected, code);

    [Theory]
    [InlineData(OsXmmExceptions, X86Exception.SimdFloatingPoint)]
    [InlineData(0UL, X86Exception.InvalidOpcode)]
    public void AnUnmaskedExceptionOfTheUpperHalfLeavesTheDestination(ulong cr4, X86Exception expected)
    {
        core.Initial.Cr4 = (core.Initial.Cr4 & ~OsXmmExceptions) | cr4;
        ProcessorState state = CreateState();
        state.Mxcsr = 0x1F80 & ~(1u << 9);
        Fill(ref state, 0, One);
        Fill(ref state, 1, One);
        Fill(ref state, 2, One);
        state.Upper[5] = 0;
        Check(expected, ref state, c => c.vdivps(ymm0, ymm1, ymm2));
        Assert.Equal(Vector256.Create(One), core.State.Vectors[0].AsUInt64());
        Assert.Equal(4u, core.State.Mxcsr & 0x3F);
    }

    /// <summary>The lower half's sum is inexact, the upper half's product overflows, which comes first (SDM volume 2 DPPS: the steps).</summary>
    [Fact]
    public void AnUnmaskedExceptionOfADotProductComesBeforeTheSums()
    {
        ProcessorState state = CreateState();
        state.Mxcsr = 0x1F80 & ~(1u << 10);
        state.Xmm[2] = state.Xmm[4] = 0x3080_0000_3F80_0000;
        state.Upper[2] = state.Upper[4] = 0x0000_0000_7180_0000;
        Check(X86Exception.SimdFloatingPoint, ref state, c => c.vdpps(ymm0, ymm1, ymm2, 0xFF));
        Assert.Equal(8u, core.State.Mxcsr & 0x3F);
    }

    [Fact]
    public void AnUnmaskedExceptionOfAStoredConversionWritesNothing()
    {
        ProcessorState state = CreateState();
        state.Mxcsr = 0x1F80 & ~(1u << 10);
        Fill(ref state, 1, 0x7F00_0000_7F00_0000);
        Check(X86Exception.SimdFloatingPoint, ref state, c => c.vcvtps2ph(__xmmword_ptr[rsi], ymm1, 0));
        Assert.Equal(8u, core.State.Mxcsr & 0x3F & ~0x20u);
        Assert.True(core.Data[ArenaLayout.DataMiddle..(ArenaLayout.DataMiddle + 16)].IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void APageFaultOfAStoredConversionKeepsMxcsr()
    {
        ProcessorState state = CreateState();
        state.Gpr[(int)X86Register.Rsi] = End - 8;
        Fill(ref state, 1, 0x3F80_0001_3F80_0001);
        Check(X86Exception.PageFault, ref state, c => c.vcvtps2ph(__xmmword_ptr[rsi], ymm1, 0));
        Assert.Equal(0x1F80u, core.State.Mxcsr);
    }

    [Fact]
    public void MaskedOffElementsDoNotFault()
    {
        ProcessorState state = CreateState();
        state.Gpr[(int)X86Register.Rsi] = End - 16;
        core.End[^16..].Fill(0x11);
        state.Xmm[2] = 0x8000_0000_8000_0000;
        state.Xmm[3] = 0x0000_0000_FFFF_FFFF;
        Check(null, ref state, c => c.vmaskmovps(ymm0, ymm1, __ymmword_ptr[rsi]));
        Assert.Equal(Vector256.Create(0x1111_1111_1111_1111UL, 0x1111_1111, 0, 0), core.State.Vectors[0].AsUInt64());

        state = CreateState();
        state.Gpr[(int)X86Register.Rsi] = End;
        Check(null, ref state, c => c.vpmaskmovq(ymm0, ymm1, __ymmword_ptr[rsi]));
        Check(null, ref state, c => c.vpmaskmovq(__ymmword_ptr[rsi], ymm1, ymm0));
    }

    [Fact]
    public void AMaskedStoreThatFaultsWritesNothing()
    {
        ProcessorState state = CreateState();
        state.Gpr[(int)X86Register.Rsi] = End - 16;
        core.End[^16..].Fill(0x11);
        Fill(ref state, 1, ulong.MaxValue);
        Check(X86Exception.PageFault, ref state, c => c.vpmaskmovd(__ymmword_ptr[rsi], ymm1, ymm0));
        Assert.True(core.End[^16..].IndexOfAnyExcept((byte)0x11) < 0);
        state.Upper[2] = 0;
        state.Upper[3] = 0;
        Check(null, ref state, c => c.vpmaskmovd(__ymmword_ptr[rsi], ymm1, ymm0));
        Assert.True(core.End[^16..].IndexOfAnyExcept((byte)0) < 0);
    }

    /// <summary>The element that faults and those behind it keep their masks, what came before is done (SDM volume 2 VPGATHERDD).</summary>
    [Fact]
    public void AGatherGoesOnAfterAFault()
    {
        ProcessorState state = CreateState();
        core.End[^4..].Fill(0x22);
        core.Data[ArenaLayout.DataMiddle..(ArenaLayout.DataMiddle + 4)].Fill(0x33);
        state.Gpr[(int)X86Register.Rsi] = Linear;
        Fill(ref state, 0, 0x5555_5555_5555_5555);
        uint last = (uint)(ArenaLayout.Size - 4);
        state.Xmm[2] = last;
        state.Xmm[3] = ((last + 4UL) << 32) | last;
        Fill(ref state, 1, 0, ArenaLayout.DataMiddle);
        state.Xmm[4] = 0x0000_0001_8000_0000;
        state.Xmm[5] = 0xC000_0000_8000_0000;
        Fill(ref state, 2, 0x8000_0000, 0x8000_0000_0000_0000);
        Check(X86Exception.PageFault, ref state, c => c.vpgatherdd(ymm0, __dword_ptr[rsi + ymm1], ymm2));
        Assert.Equal(
            Vector256.Create(0x5555_5555_2222_2222, 0x5555_5555_2222_2222, 0x5555_5555_5555_5555, 0x5555_5555_5555_5555UL), core.State.Vectors[0].AsUInt64());
        Assert.Equal(Vector256.Create(0, 0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF, 0xFFFF_FFFF_0000_0000), core.State.Vectors[2].AsUInt64());

        for (int half = 0; half < 2; half++)
        {
            state.Xmm[half] = core.State.Vectors[0].AsUInt64()[half];
            state.Xmm[4 + half] = core.State.Vectors[2].AsUInt64()[half];
        }

        state.Xmm[3] = (ulong)ArenaLayout.DataMiddle << 32;
        Check(null, ref state, c => c.vpgatherdd(ymm0, __dword_ptr[rsi + ymm1], ymm2));
        Assert.Equal(0x3333_3333_2222_2222UL, core.State.Vectors[0].AsUInt64()[1]);
        Assert.Equal(Vector256<byte>.Zero, core.State.Vectors[2]);
    }

    [Fact]
    public void ApproximationsHaveTheirForms()
    {
        ProcessorState state = CreateState();
        Fill(ref state, 1, 0x4000_0000_4080_0000);
        Fill(ref state, 2, 0x1111_2222_3333_4444);
        Check(null, ref state, c => c.vrcpps(ymm0, ymm1));
        Assert.Equal(Vector256.Create(0x3F00_0000_3E80_0000UL), core.State.Vectors[0].AsUInt64());
        Fill(ref state, 1, 0x4000_0000_4080_0000);
        Fill(ref state, 2, 0x1111_2222_3333_4444);
        Check(null, ref state, c => c.vrsqrtss(xmm0, xmm2, xmm1));
        Assert.Equal(Vector256.Create(0x1111_2222_3F00_0000UL, 0x1111_2222_3333_4444, 0, 0), core.State.Vectors[0].AsUInt64());
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

    private static void Fill(ref ProcessorState state, int register, ulong value)
    {
        state.Xmm[2 * register] = value;
        state.Xmm[(2 * register) + 1] = value;
        Fill(ref state, register, value, value);
    }

    private static void Fill(ref ProcessorState state, int register, ulong low, ulong high)
    {
        state.Upper[2 * register] = low;
        state.Upper[(2 * register) + 1] = high;
    }

    private void CheckBytes(X86Exception? expected, string code)
    {
        ProcessorState state = CreateState();
        string? problem = core.Run(Convert.FromHexString(code), ref state);
        Assert.True((X86Exception?)core.Fault?.Vector == expected, problem ?? "no exception");
    }

    private void Check(X86Exception? expected, Action<Assembler> emit)
    {
        ProcessorState state = CreateState();
        BitConverter.TryWriteBytes(core.Data[(ArenaLayout.DataMiddle + 0x40)..], 0x1F80);
        Check(expected, ref state, emit);
    }

    private void Check(X86Exception? expected, ref ProcessorState state, Action<Assembler> emit)
    {
        Assembler c = new(64) { PreferVex = true };
        emit(c);
        var bytes = new MemoryStream();
        c.Assemble(new StreamCodeWriter(bytes), Linear + ArenaLayout.Instruction);
        ProcessorState after = state;
        string? problem = core.Run(bytes.ToArray(), ref after);
        Assert.True((X86Exception?)core.Fault?.Vector == expected, $"{c.Instructions[0]}: {problem ?? "no exception"}");
    }
}
