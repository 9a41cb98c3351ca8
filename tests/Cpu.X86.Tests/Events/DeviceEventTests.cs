using Dominion.Cpu.X86.Tests.Modes;
using Moq;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Events;

/// <summary>An event that an access to a device makes is taken at the next instruction boundary (SDM volume 3A, 6.9).</summary>
public sealed class DeviceEventTests
{
    private const int Vector = 0x30;
    private const int Device = 0x1000_0000;

    [Fact]
    public void AnInterruptComesBehindTheStoreThatRaisedIt()
    {
        using var machine = new SystemMachine(32);
        var apic = new Mock<IX86LocalApic>();
        apic.Setup(a => a.Acknowledge()).Callback(() => machine.Core.SetInterruptRequest(false)).Returns(Vector);
        machine.Core.LocalApic = apic.Object;
        machine.DeviceWritten = () => machine.Core.SetInterruptRequest(true);
        machine.State.Rflags |= 1 << 9;
        machine.Assemble(c =>
        {
            c.xor(ebx, ebx);
            c.mov(__dword_ptr[Device], eax);
            c.inc(ebx);
            c.inc(ebx);
        });
        machine.RunToHandler(Vector);
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rbx]);
        Assert.Equal(SystemMachine.Code + 7, machine.Pushed(0, 4));

        // The block is whole again when it runs the next time.
        machine.DeviceWritten = null;
        machine.State.Rip = SystemMachine.Code;
        machine.State.Activity = X86Activity.Active;
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(2UL, machine.State.Gpr[(int)X86Register.Rbx]);
    }
}
