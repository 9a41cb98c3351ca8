using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Events;

/// <summary>Single steps, breakpoints and RF (SDM volume 3B, 18.2 and 18.3).</summary>
public sealed class DebugTrapTests
{
    private const ulong Trap = 1 << 8;
    private const ulong Resume = 1 << 16;
    private const ulong SingleStep = 1 << 14;

    [Fact]
    public void ATrapFollowsTheInstructionThatStartedWithTf()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c =>
        {
            c.nop();
            c.nop();
        });
        machine.State.Rflags |= Trap;
        machine.RunToHandler(1);
        Assert.Equal(SystemMachine.Code + 1, machine.Pushed(0, 8));
        Assert.Equal(SingleStep, machine.State.Dr6 & 0xE00F);
        Assert.NotEqual(0UL, machine.Pushed(2, 8) & Trap);
        Assert.Equal(0UL, machine.State.Rflags & Trap);
    }

    [Fact]
    public void WithBtfOnlyATakenBranchTraps()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c =>
        {
            Label target = c.CreateLabel();
            c.nop();
            c.xor(eax, eax);
            c.jne(target);
            c.jmp(target);
            c.nop();
            c.Label(ref target);
            c.nop();
        });
        machine.State.Rflags |= Trap;
        machine.State.DebugControl = 2;
        machine.RunToHandler(1);
        Assert.Equal(SystemMachine.Code + 8, machine.Pushed(0, 8));
        Assert.Equal(0UL, machine.State.DebugControl);
    }

    [Fact]
    public void EveryTurnOfALoopIsStepped()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c => c.iretq(), SystemMachine.Handlers + 0x800);
        machine.Assemble(
            c =>
            {
                c.inc(r15);
                c.jmp(SystemMachine.Handlers + 0x800);
            },
            SystemMachine.Handlers + SystemMachine.HandlerStride);
        machine.Assemble(c =>
        {
            Label again = c.CreateLabel();
            c.mov(ecx, 5);
            c.Label(ref again);
            c.dec(ecx);
            c.jne(again);
            c.pushfq();
            c.and(__qword_ptr[rsp], ~(int)Trap);
            c.popfq();
        });
        machine.State.Rflags |= Trap;
        Assert.Equal(X86ExitReason.Halted, machine.Run());

        // MOV, five times DEC and Jcc, PUSHF, AND and POPF.
        Assert.Equal(14UL, machine.State.Gpr[(int)X86Register.R15]);
    }

    [Fact]
    public void MovSsHoldsTheTrapForOneInstruction()
    {
        using var machine = new SystemMachine(64);
        machine.State.Gpr[(int)X86Register.Rax] = SystemMachine.Data0;
        ulong end = machine.Assemble(c =>
        {
            c.mov(ss, eax);
            c.nop();
        });
        machine.State.Rflags |= Trap;
        machine.RunToHandler(1);
        Assert.Equal(end, machine.Pushed(0, 8));
    }

    [Fact]
    public void Int1TakesThePlaceOfAHeldTrap()
    {
        using var machine = new SystemMachine(64);
        machine.State.Gpr[(int)X86Register.Rax] = SystemMachine.Data0;
        ulong end = machine.Assemble(c =>
        {
            c.mov(ss, eax);
            c.int1();
        });
        machine.State.Rflags |= Trap;
        machine.RunToHandler(1);
        Assert.Equal(end, machine.Pushed(0, 8));
        Assert.Equal(0UL, machine.State.Dr6 & 0xE00F);
    }

    [Fact]
    public void ADataBreakpointTrapsBehindTheAccess()
    {
        using var machine = new SystemMachine(64);
        machine.State.DebugAddresses[2] = SystemMachine.Data + 4;
        machine.State.Dr7 = 0x400 | (1 << 4) | (0xDUL << 24);
        ulong end = machine.Assemble(c => c.mov(__dword_ptr[SystemMachine.Data + 6], ecx));
        machine.RunToHandler(1);
        Assert.Equal(end, machine.Pushed(0, 8));
        Assert.Equal(4UL, machine.State.Dr6 & 0xE00F);
    }

    [Fact]
    public void AnAccessThatFaultsTrapsNot()
    {
        using var machine = new SystemMachine(64);
        machine.State.DebugAddresses[0] = 0x4000_0000;
        machine.State.Dr7 = 0x400 | 1 | (0xFUL << 16);
        machine.Assemble(c => c.mov(eax, __dword_ptr[0x4000_0000]));
        machine.RunToHandler(14);
        Assert.Equal(0UL, machine.State.Dr6 & 0xE00F);
    }

    [Fact]
    public void AnInstructionBreakpointFaultsOnceUnderRf()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(
            c =>
            {
                c.inc(r15);
                c.or(__dword_ptr[rsp + 16], (int)Resume);
                c.iretq();
            },
            SystemMachine.Handlers + SystemMachine.HandlerStride);
        machine.State.DebugAddresses[0] = SystemMachine.Code + 1;
        machine.State.Dr7 = 0x402;
        ulong end = machine.Assemble(c =>
        {
            c.nop();
            c.nop();
            c.nop();
        });
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(1UL, machine.State.Gpr[(int)X86Register.R15]);
        Assert.Equal(end + 1, machine.Rip);
        Assert.Equal(0UL, machine.State.Rflags & Resume);
    }

    [Fact]
    public void RfLastsThroughARepeatedInstruction()
    {
        using var machine = new SystemMachine(64);
        ref X86State state = ref machine.State;
        state.Gpr[(int)X86Register.Rcx] = 10;
        state.Gpr[(int)X86Register.Rdi] = SystemMachine.Data;
        state.DebugAddresses[0] = SystemMachine.Code;
        state.Dr7 = 0x402;
        state.Rflags |= Resume;
        machine.Assemble(c => c.rep.stosb());
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(SystemMachine.Data + 10, state.Gpr[(int)X86Register.Rdi]);
    }

    [Fact]
    public void AStepStopsBetweenIterationsWithRfPushed()
    {
        using var machine = new SystemMachine(64);
        ref X86State state = ref machine.State;
        state.Gpr[(int)X86Register.Rcx] = 3;
        state.Gpr[(int)X86Register.Rdi] = SystemMachine.Data;
        state.Rflags |= Trap;
        machine.Assemble(c => c.rep.stosb());
        machine.RunToHandler(1);
        Assert.Equal(SystemMachine.Code, machine.Pushed(0, 8));
        Assert.NotEqual(0UL, machine.Pushed(2, 8) & Resume);
        Assert.Equal(2UL, state.Gpr[(int)X86Register.Rcx]);
    }

    [Fact]
    public void FaultsPushRfAndInstructionBreakpointsDoNot()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c => c.ud2());
        machine.RunToHandler(6);
        Assert.NotEqual(0UL, machine.Pushed(2, 8) & Resume);

        using var other = new SystemMachine(64);
        other.State.DebugAddresses[3] = SystemMachine.Code;
        other.State.Dr7 = 0x480;
        other.Assemble(c => c.nop());
        other.RunToHandler(1);
        Assert.Equal(0UL, other.Pushed(2, 8) & Resume);
        Assert.Equal(8UL, other.State.Dr6 & 0xE00F);
    }

    [Fact]
    public void GeneralDetectFaultsAndIsSwitchedOffOnTheWay()
    {
        using var machine = new SystemMachine(64);
        machine.State.Dr7 = 0x2400;
        machine.Assemble(c => c.mov(rax, dr0));
        machine.RunToHandler(1);
        Assert.Equal(SystemMachine.Code, machine.Pushed(0, 8));
        Assert.Equal(1UL << 13, machine.State.Dr6 & 0xE00F);
        Assert.Equal(0x400UL, machine.State.Dr7);
    }

    [Fact]
    public void AnIoBreakpointTrapsBehindTheAccess()
    {
        using var machine = new SystemMachine(64);
        machine.State.Cr4 |= 8;
        machine.State.DebugAddresses[1] = 0x80;
        machine.State.Dr7 = 0x400 | (1 << 2) | (2UL << 20);
        ulong end = machine.Assemble(c => c.@out(0x80, al));
        machine.RunToHandler(1);
        Assert.Equal(end, machine.Pushed(0, 8));
        Assert.Equal(2UL, machine.State.Dr6 & 0xE00F);
    }

    [Fact]
    public void ATrapComesBeforeAnNmi()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c =>
        {
            c.nop();
            c.nop();
        });
        machine.State.Rflags |= Trap;
        machine.State.PendingDebug = SingleStep;
        machine.Core.SignalNmi();
        Assert.Equal(X86ExitReason.Halted, machine.Run());

        // The NMI interrupts the #DB handler at its first instruction.
        Assert.Equal(SystemMachine.Handlers + SystemMachine.HandlerStride, machine.Pushed(0, 8));
    }
}
