using Dominion.Cpu.X86.Tests.Interpreter.Float;
using Dominion.Cpu.X86.Tests.Modes;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Privileged;

/// <summary>MONITOR and MWAIT (SDM volume 2).</summary>
public sealed class MonitorWaitTests
{
    [Fact]
    public void AWaitWithNothingArmedEndsAtOnce()
    {
        using var machine = new FloatMachine(64, "monitor");
        X86Exception end = machine.Run(c =>
        {
            c.xor(eax, eax);
            c.mwait();
            c.mov(ebx, 7);
        });
        Assert.Equal(X86Exception.InvalidOpcode, end);
        Assert.Equal(7UL, machine.State.Gpr[(int)X86Register.Rbx]);
    }

    [Fact]
    public void AWaitEndsAtOnceWhenTheLineHasChanged()
    {
        using var machine = new FloatMachine(64, "monitor");
        X86Exception end = machine.Run(c =>
        {
            c.mov(rax, rdi);
            c.xor(edx, edx);
            c.monitor();
            c.mov(__byte_ptr[rdi + 63], 1);
            c.mwait();
            c.mov(ebx, 7);
        });
        Assert.Equal(X86Exception.InvalidOpcode, end);
        Assert.Equal(7UL, machine.State.Gpr[(int)X86Register.Rbx]);
    }

    [Fact]
    public void AnArmedWaitHalts()
    {
        using var machine = new FloatMachine(64, "monitor");
        machine.RunUntilHalted(c =>
        {
            c.mov(rax, rdi);
            c.monitor();
            c.mwait();
        });
        Assert.Equal(X86Activity.Halted, machine.State.Activity);
    }

    [Fact]
    public void AWriteToTheLineEndsTheWait()
    {
        using SystemMachine machine = Waiting(0);
        Assert.False(machine.Core.HasWork);
        machine.Write(SystemMachine.Data + 64, 1);
        Assert.False(machine.Core.HasWork);
        machine.Write(SystemMachine.Data + 60, 1);
        Assert.True(machine.Core.HasWork);
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(7UL, machine.State.Gpr[(int)X86Register.Rbx]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void AMaskedInterruptEndsTheWaitWhenItIsAskedTo(int extensions, bool ends)
    {
        using SystemMachine machine = Waiting(extensions);
        machine.Core.SetInterruptRequest(true);
        Assert.Equal(ends, machine.Core.HasWork);
        machine.Run();
        Assert.Equal(ends ? 7UL : 0, machine.State.Gpr[(int)X86Register.Rbx]);
    }

    [Fact]
    public void HltAfterAWaitIsNotEndedByTheLine()
    {
        using SystemMachine machine = Waiting(0);
        machine.Write(SystemMachine.Data, 1);
        machine.Run();
        machine.Write(SystemMachine.Data, 2);
        Assert.False(machine.Core.HasWork);
    }

    /// <summary>A machine that waits for a write to the first line of its data; behind the wait RBX becomes 7, and HLT.</summary>
    private static SystemMachine Waiting(int extensions)
    {
        var machine = new SystemMachine(64, "monitor");
        machine.Assemble(c =>
        {
            c.xor(ebx, ebx);
            c.mov(rax, SystemMachine.Data);
            c.xor(ecx, ecx);
            c.monitor();
            c.mov(ecx, extensions);
            c.mwait();
            c.mov(ebx, 7);
        });
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rbx]);
        return machine;
    }

    [Fact]
    public void ExtensionsAndUsersAreRefused()
    {
        using var machine = new FloatMachine(64, "monitor");
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c =>
        {
            c.mov(ecx, 2);
            c.mwait();
        }));
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c =>
        {
            c.mov(ecx, 1);
            c.monitor();
        }));
        machine.SetPrivilege(3);
        machine.Run(c => c.monitor());
        Assert.Equal(FloatMachine.Code, machine.State.Rip);
    }
}
