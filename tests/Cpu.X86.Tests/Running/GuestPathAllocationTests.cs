using Dominion.Buses;
using Dominion.Cpu.X86.Models;
using Dominion.Cpu.X86.Tests.Running;
using Dominion.Diagnostics;
using Dominion.Time;
using Iced.Intel;
using Moq;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Running;

/// <summary>What a guest does costs no managed allocation: exceptions, interrupts, decoding, code that changes itself.</summary>
public sealed unsafe class GuestPathAllocationTests
{
    private const ushort Code = 0x7C00;
    private const ushort Handlers = 0x6000;
    private const ushort Changing = 0x6200;
    private const int Rounds = 2_000;

    [Fact]
    public void Exceptions_decoding_and_self_modification_allocate_nothing()
    {
        using var memory = new FlatMemory(1 << 20);
        using X86Core core = CreateCore(memory);
        WriteProgram(memory);

        (long retired, _) = RunProgram(core);
        (long again, long allocated) = RunProgram(core);

        Assert.Equal(0, allocated);
        Assert.Equal(memory.Base[Changing + 1], (byte)core.State.Gpr[(int)X86Register.Rax]);
        Assert.Equal(retired, again);
        Assert.True(core.Blocks.DroppedFrames >= Rounds, $"only {core.Blocks.DroppedFrames} frames were dropped: the program does not change itself");
        Assert.Equal(Rounds, *(ushort*)(memory.Base + 0x500));
        Assert.Equal(Rounds, *(ushort*)(memory.Base + 0x502));
    }

    private static (long Retired, long Allocated) RunProgram(X86Core core)
    {
        ref X86State state = ref core.State;
        core.Reset();
        state.Segments[(int)X86SegmentRegister.Cs] = state.Segments[(int)X86SegmentRegister.Ds] with { Attributes = (X86SegmentAttributes)0x9B };
        state.Rip = Code;
        state.Gpr[(int)X86Register.Rsp] = 0x7000;
        core.StateChanged();
        long before = GC.GetAllocatedBytesForCurrentThread();
        X86Exit exit = core.Run(new X86RunLimits(10_000_000));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(X86ExitReason.Halted, exit.Reason);
        return (exit.Instructions, allocated);
    }

    private static void WriteProgram(FlatMemory memory)
    {
        // Vector 0 (#DE) steps over the DIV and counts; vector 0x20 (INT n) counts.
        WriteHandler(memory, 0, Handlers, c =>
        {
            c.push(bp);
            c.mov(bp, sp);
            c.add(__word_ptr[bp + 2], 2);
            c.inc(__word_ptr[0x500]);
            c.pop(bp);
            c.iret();
        });
        WriteHandler(memory, 0x20, Handlers + 0x100, c =>
        {
            c.inc(__word_ptr[0x502]);
            c.iret();
        });
        Assemble(memory, Changing, c =>
        {
            c.mov(al, 0);
            c.ret();
        });
        Assemble(memory, Code, c =>
        {
            Label round = c.CreateLabel();
            c.mov(__word_ptr[0x500], 0);
            c.mov(__word_ptr[0x502], 0);
            c.mov(cx, Rounds);
            c.Label(ref round);
            c.xor(bx, bx);
            c.div(bx);
            c.@int(0x20);
            c.inc(__byte_ptr[Changing + 1]);
            c.call(Changing);
            c.dec(cx);
            c.jne(round);
            c.cli();
            c.hlt();
        });
    }

    private static void WriteHandler(FlatMemory memory, int vector, ushort address, Action<Assembler> write)
    {
        Assemble(memory, address, write);
        *(uint*)(memory.Base + (vector * 4)) = address;
    }

    private static void Assemble(FlatMemory memory, ushort address, Action<Assembler> write)
    {
        var assembler = new Assembler(16);
        write(assembler);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), address);
        stream.ToArray().CopyTo(new Span<byte>(memory.Base + address, (int)stream.Length));
    }

    private static X86Core CreateCore(FlatMemory memory) => new(
        new CpuCoreContext
        {
            Index = 0,
            VcpuCount = 1,
            Model = "x86-64-v2",
            Features = [],
            Engine = "interpreter",
            MachineMemory = memory,
            Memory = memory,
            Ports = Mock.Of<IPortSpace>(),
            Clock = Mock.Of<IClock>(),
            Log = Mock.Of<ILog>(),
        },
        CpuModelCatalog.Find("x86-64-v2"));
}
