using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Segmentation;

/// <summary>Task switches (SDM volume 3A, 7.3 and 7.4).</summary>
public sealed class TaskSwitchTests
{
    private const ushort Next = SystemMachine.Own;
    private const ushort TaskGate = SystemMachine.Own + 8;
    private const ulong NextTss = 0x6000;
    private const ulong Entry = 0x1_8000;
    private const uint Nested = 1 << 14;

    [Fact]
    public void ACallNestsAndIretComesBack()
    {
        using SystemMachine machine = Create();
        machine.Assemble(
            c =>
            {
                c.mov(ebx, 0x55);
                c.iretd();
            },
            Entry);
        ulong next = Call(machine, SystemMachine.Code, Next);
        machine.Assemble(c => c.inc(ecx), next);
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(next + 2, machine.Rip);

        // EBX is the other task's.
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rbx]);
        Assert.Equal(0x55u, machine.Read<uint>(NextTss + 40 + (3 * 4)));
        Assert.Equal(SystemMachine.Task, machine.State.Segments[(int)X86SegmentRegister.Tr].Selector);
        Assert.Equal((uint)SystemMachine.Task, machine.Read<ushort>(NextTss));
        Assert.Equal(0u, machine.Read<uint>(NextTss + 36) & Nested);
        Assert.Equal(0x89, machine.Read<byte>(SystemMachine.Gdt + Next + 5));
        Assert.NotEqual(0UL, machine.State.Cr0 & 8);
    }

    [Fact]
    public void AJumpLeavesTheOldTaskBehind()
    {
        using SystemMachine machine = Create();
        machine.State.Gpr[(int)X86Register.Rsi] = 0x1234;
        machine.Assemble(c => c.nop(), Entry);
        machine.Write(SystemMachine.Code, (byte)0xEA);
        machine.Write(SystemMachine.Code + 1, 0u);
        machine.Write(SystemMachine.Code + 5, Next);
        machine.State.Dr7 = 0x5FF;
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(Entry + 2, machine.Rip);
        Assert.Equal(SystemMachine.Code + 7, machine.Read<uint>(SystemMachine.Tss + 32));
        Assert.Equal(0x1234u, machine.Read<uint>(SystemMachine.Tss + 40 + (6 * 4)));
        Assert.Equal(0x89, machine.Read<byte>(SystemMachine.Gdt + SystemMachine.Task + 5));
        Assert.Equal(0x8B, machine.Read<byte>(SystemMachine.Gdt + Next + 5));
        Assert.Equal(0UL, machine.State.Rflags & Nested);

        // The local breakpoints are the old task's.
        Assert.Equal(0x4AAUL, machine.State.Dr7);
    }

    [Fact]
    public void AFaultThroughATaskGatePushesItsErrorCodeThere()
    {
        using SystemMachine machine = Create();
        machine.Write(SystemMachine.Idt + (13 * 8), SystemMachine.Gate(Next, 0, 0x85));
        machine.Assemble(c => c.nop(), Entry);
        machine.State.Gpr[(int)X86Register.Rax] = 0x7770;
        machine.Assemble(c => c.mov(ds, eax));
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(Entry + 2, machine.Rip);
        Assert.Equal(0x7770UL, machine.Pushed(0, 4));
        Assert.Equal(SystemMachine.Code, machine.Read<uint>(SystemMachine.Tss + 32));
        Assert.NotEqual(0u, machine.Read<uint>(SystemMachine.Tss + 36) & (1 << 16));
        Assert.NotEqual(0UL, machine.State.Rflags & Nested);
    }

    [Fact]
    public void TheDebugFlagOfATaskTraps()
    {
        using SystemMachine machine = Create();
        machine.Write(NextTss + 100, (ushort)1);
        machine.Assemble(c => c.nop(), Entry);
        Call(machine, SystemMachine.Code, Next);
        machine.RunToHandler(1);
        Assert.Equal(1UL << 15, machine.State.Dr6 & 0xE00F);
        Assert.Equal(Entry, machine.Pushed(0, 4));
    }

    [Theory]
    [InlineData(0x8B, (byte)X86Exception.GeneralProtection)]
    [InlineData(0x09, (byte)X86Exception.SegmentNotPresent)]
    public void ATaskThatIsBusyOrAbsentIsRefused(byte access, byte expected)
    {
        using SystemMachine machine = Create();
        machine.SetDescriptor(Next, SystemMachine.Segment(access, 0, (uint)NextTss, 0x67));
        Call(machine, SystemMachine.Code, Next);
        X86Event fault = machine.Catch();
        Assert.Equal(expected, fault.Vector);
        Assert.Equal((uint)Next, fault.ErrorCode);
        Assert.Equal(SystemMachine.Code, machine.Rip);
    }

    [Fact]
    public void ATaskStateThatIsTooShortIsInvalid()
    {
        using SystemMachine machine = Create();
        machine.SetDescriptor(Next, SystemMachine.Segment(0x89, 0, (uint)NextTss, 0x66));
        machine.SetDescriptor(TaskGate, SystemMachine.Gate(Next, 0, 0x85));
        Call(machine, SystemMachine.Code, TaskGate);
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.InvalidTss, fault.Vector);
        Assert.Equal((uint)Next, fault.ErrorCode);
    }

    [Fact]
    public void ABadSegmentFaultsInTheNewTask()
    {
        using SystemMachine machine = Create();
        machine.Write(NextTss + 72 + (3 * 4), (uint)SystemMachine.Code0 | 0x1000);
        Call(machine, SystemMachine.Code, Next);
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.InvalidTss, fault.Vector);
        Assert.Equal(Entry, machine.Rip);
        Assert.Equal(Next, machine.State.Segments[(int)X86SegmentRegister.Tr].Selector);
    }

    [Fact]
    public void ATaskSwitchEntersVirtual8086Mode()
    {
        using SystemMachine machine = Create();
        machine.Write(NextTss + 32, 0x10u);
        machine.Write(NextTss + 36, (1u << 17) | 2);
        for (ulong i = 0; i < 6; i++)
            machine.Write(NextTss + 72 + (i * 4), 0x2000u);
        machine.Write(0x2_0010UL, (byte)0xF4);
        Call(machine, SystemMachine.Code, Next);
        X86Event fault = machine.Catch();

        // HLT is privileged there.
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(0x10UL, machine.Rip);
        Assert.Equal(0x2_0000UL, machine.State.Segments[(int)X86SegmentRegister.Cs].Base);
        Assert.Equal(3, machine.State.Cpl);
    }

    [Fact]
    public void LongModeHasNoTasks()
    {
        using var machine = new SystemMachine(64);
        machine.SetDescriptor(Next, SystemMachine.Segment(0x89, 0, (uint)NextTss, 0x67));
        machine.Write(SystemMachine.Data + 4, Next);
        machine.Assemble(c => c.call(__fword_ptr[SystemMachine.Data]));
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal((uint)Next, fault.ErrorCode);
    }

    private static SystemMachine Create()
    {
        var machine = new SystemMachine(32);
        machine.SetDescriptor(Next, SystemMachine.Segment(0x89, 0, (uint)NextTss, 0x67));
        machine.Write(NextTss + 4, (uint)SystemMachine.KernelStack);
        machine.Write(NextTss + 8, (uint)SystemMachine.Data0);
        machine.Write(NextTss + 32, (uint)Entry);
        machine.Write(NextTss + 36, 2u);
        machine.Write(NextTss + 56, (uint)SystemMachine.Stack - 0x1000);
        for (ulong i = 0; i < 6; i++)
            machine.Write(NextTss + 72 + (i * 4), i == 1 ? SystemMachine.Code0 : (uint)SystemMachine.Data0);
        return machine;
    }

    private static ulong Call(SystemMachine machine, ulong at, ushort selector)
    {
        machine.Write(at, (byte)0x9A);
        machine.Write(at + 1, 0xFFFF_FFFFu);
        machine.Write(at + 5, selector);
        return at + 7;
    }
}
