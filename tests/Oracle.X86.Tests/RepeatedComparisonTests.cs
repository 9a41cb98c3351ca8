using Dominion.Cpu.X86;
using Dominion.Oracle.X86.Core;
using Dominion.Oracle.X86.Host;

namespace Dominion.Oracle.X86.Tests;

/// <summary>REP CMPS and SCAS that fault in the middle. SDM volume 2 (REP) says that EFLAGS is restored then; AMD64 volume 3 says nothing. The core does what the host does where the host is AMD's.</summary>
public sealed unsafe class RepeatedComparisonTests
{
    private const uint PageFault = 14;
    private const ulong StatusFlags = 0x8D5;
    private const ulong AllButZero = 0x895;

    [HostFact]
    public void AFaultInTheMiddleLeavesTheFlagsThatTheHostLeaves()
    {
        using var host = new HostProcessor();
        using var core = new CoreProcessor(new X86CoreFactory(), "x86-64-v3", false, host.Arena, host.HasLocalSegments);
        foreach (byte[] code in (byte[][])[[0xF3, 0xA6], [0xF3, 0x48, 0xA7], [0xF3, 0xAE], [0xF2, 0xAE]])
        {
            TestCase test = Create(code, (uint)host.Arena);
            ProcessorState expected = Run(host, test);
            ProcessorState actual = Run(core, test);
            Assert.Equal(PageFault, expected.Vector);
            Assert.Equal(test.State.Rip, expected.Rip);
            Assert.NotEqual(test.State.Gpr[(int)X86Register.Rcx], expected.Gpr[(int)X86Register.Rcx]);
            Assert.Equal(expected.Gpr[(int)X86Register.Rcx], actual.Gpr[(int)X86Register.Rcx]);
            if (HostFeatures.KeepsFloatPointers)
                Assert.Equal(expected.Rflags & StatusFlags, actual.Rflags & StatusFlags);
        }
    }

    private static ProcessorState Run(IProcessor processor, TestCase test)
    {
        ProcessorState result = default;
        test.Data.CopyTo(processor.Data);
        Assert.Null(processor.Run(test, ref result));
        return result;
    }

    /// <summary>Sixteen bytes that are equal, then none.</summary>
    private static TestCase Create(byte[] code, uint arena)
    {
        var test = new TestCase { Bytes = code, CodeOffset = ArenaLayout.Instruction, Mode = CodeMode.Bits64 };
        test.State.Components = 7;
        test.State.FloatControl = 0x37F;
        test.State.Mxcsr = 0x1F80;
        test.State.Rip = arena + ArenaLayout.Instruction;
        test.State.Rflags = 0x202 | AllButZero;
        test.State.Selectors[(int)X86SegmentRegister.Cs] = SegmentTable.Code64;
        test.State.Selectors[(int)X86SegmentRegister.Ss] = SegmentTable.FlatData;
        test.State.Gpr[(int)X86Register.Rsp] = arena + ArenaLayout.Stack;
        test.State.Gpr[(int)X86Register.Rcx] = 100;
        test.State.Gpr[(int)X86Register.Rax] = code[0] == 0xF2 ? 0x55UL : 0;
        test.State.Gpr[(int)X86Register.Rsi] = arena + ArenaLayout.DataMiddle;
        test.State.Gpr[(int)X86Register.Rdi] = arena + ArenaLayout.DataEnd - 16;
        return test;
    }
}
