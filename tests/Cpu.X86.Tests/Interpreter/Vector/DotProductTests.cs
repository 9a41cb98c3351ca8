using Dominion.Cpu.X86.Tests.Running;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Vector;

/// <summary>A dot product is made in steps: unmasked exceptions of one end it, and what the steps before raised stays (SDM volume 2 DPPD, as the host's processor does it).</summary>
public sealed unsafe class DotProductTests
{
    private const ulong Linear = 0x20_0000;

    [Fact]
    public void WhatTheProductsRaiseStaysWhenTheSumEndsIt()
    {
        using var core = new CoreProcessor(Linear);
        Assembler c = new(64);
        c.dppd(xmm5, xmm1, 0xBB);
        using var bytes = new MemoryStream();
        c.Assemble(new StreamCodeWriter(bytes), Linear + ArenaLayout.Instruction);
        ProcessorState state = default;
        state.Rflags = 0x202;

        // Denormals are not masked; the second product is one, and inexact.
        state.Mxcsr = 0x7E80;
        state.Xmm[10] = 0x41DF_FFFF_FFE0_0000;
        state.Xmm[11] = 0xBF80_0000_0000_0020;
        state.Xmm[2] = 0x8010_0000_0000_0000;
        state.Xmm[3] = 0x0030_1000_0000_0005;
        core.Run(bytes.ToArray(), ref state);
        Assert.Equal((byte)X86Exception.SimdFloatingPoint, core.Fault?.Vector);
        Assert.Equal(0x7EB2u, core.State.Mxcsr);
    }
}
