using Dominion.Cpu.X86;
using Dominion.Oracle.X86.Core;
using Dominion.Oracle.X86.Host;

namespace Dominion.Oracle.X86.Tests;

/// <summary>A far call pushes with the rights of its privilege level: with RFLAGS.AC set, on a stack that is not aligned, that is #AC (SDM volume 2 CALL, volume 3A 6.15).</summary>
public sealed unsafe class FarCallAlignmentTests
{
    private const uint AlignmentCheck = 17;

    [HostFact]
    public void AFarCallPushesOnAnAlignedStackOnly()
    {
        using var host = new HostProcessor();
        using var core = new CoreProcessor(new X86CoreFactory(), "x86-64-v3", false, host.Arena, host.HasLocalSegments);
        TestCase test = Create((uint)host.Arena);
        foreach (IProcessor processor in (IProcessor[])[host, core])
        {
            ProcessorState result = default;
            test.Data.CopyTo(processor.Data);
            Assert.Null(processor.Run(test, ref result));
            Assert.Equal((AlignmentCheck, test.State.Rip, test.State.Gpr[(int)X86Register.Rsp]), (result.Vector, result.Rip, result.Gpr[(int)X86Register.Rsp]));
        }
    }

    private static TestCase Create(uint arena)
    {
        // call fword ptr [rsi]
        var test = new TestCase { Bytes = [0xFF, 0x1E], CodeOffset = ArenaLayout.Instruction, Mode = CodeMode.Bits64 };
        test.State.Components = 7;
        test.State.FloatControl = 0x37F;
        test.State.Mxcsr = 0x1F80;
        test.State.Rip = arena + ArenaLayout.Instruction;
        test.State.Rflags = 0x4_0202;
        test.State.Selectors[(int)X86SegmentRegister.Cs] = SegmentTable.Code64;
        test.State.Selectors[(int)X86SegmentRegister.Ss] = SegmentTable.FlatData;
        test.State.Gpr[(int)X86Register.Rsi] = arena + ArenaLayout.DataMiddle;
        test.State.Gpr[(int)X86Register.Rsp] = arena + ArenaLayout.Stack + 2;
        BitConverter.TryWriteBytes(test.Data.AsSpan(ArenaLayout.DataMiddle - ArenaLayout.Data), arena + ArenaLayout.Code);
        BitConverter.TryWriteBytes(test.Data.AsSpan(ArenaLayout.DataMiddle - ArenaLayout.Data + 4), SegmentTable.Code64);
        return test;
    }
}
