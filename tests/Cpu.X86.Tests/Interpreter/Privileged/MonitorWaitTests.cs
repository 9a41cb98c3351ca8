using Dominion.Cpu.X86.Tests.Interpreter.Float;
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
    public void ExtensionsAndUsersAreRefused()
    {
        using var machine = new FloatMachine(64, "monitor");
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c =>
        {
            c.mov(ecx, 1);
            c.mwait();
        }));
        machine.SetPrivilege(3);
        machine.Run(c => c.monitor());
        Assert.Equal(FloatMachine.Code, machine.State.Rip);
    }
}
