using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Modes;

/// <summary>Virtual-8086 mode and its extensions (SDM volume 3B, chapter 21).</summary>
public sealed class Virtual8086Tests
{
    private const ulong Interrupt = 1 << 9;
    private const ulong VirtualMode = 1 << 17;
    private const ulong VirtualInterrupt = 1 << 19;
    private const ulong VirtualInterruptPending = 1 << 20;
    private const ushort Paragraph = 0x1000;

    [Fact]
    public void IretEntersAndAFaultLeavesIt()
    {
        using SystemMachine machine = Enter(0, c => c.hlt());
        machine.RunToHandler(13);
        Assert.Equal(0UL, machine.State.Rflags & VirtualMode);
        Assert.Equal(0, machine.State.Cpl);

        // Error code, EIP, CS, EFLAGS, ESP, SS, ES, DS, FS, GS.
        ulong[] frame = [.. Enumerable.Range(0, 10).Select(i => machine.Pushed(i, 4))];
        Assert.Equal([0UL, 0, Paragraph], frame[..3]);
        Assert.NotEqual(0UL, frame[3] & VirtualMode);
        Assert.Equal([0xFFF0UL, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004], frame[4..]);
        Assert.Equal(0, machine.State.Segments[(int)X86SegmentRegister.Ds].Selector);
        Assert.False(machine.State.Segments[(int)X86SegmentRegister.Ds].IsUsable);
        Assert.Equal(SystemMachine.KernelStack - 40, machine.Rsp);
    }

    [Theory]
    [InlineData("cli")]
    [InlineData("sti")]
    [InlineData("pushf")]
    [InlineData("popf")]
    [InlineData("int")]
    [InlineData("iret")]
    public void SensitiveInstructionsNeedTheIoPrivilege(string name)
    {
        Action<Assembler> emit = name switch
        {
            "cli" => c => c.cli(),
            "sti" => c => c.sti(),
            "pushf" => c => c.pushf(),
            "popf" => c => c.popf(),
            "int" => c => c.@int(0x21),
            _ => c => c.iret(),
        };
        using SystemMachine machine = Enter(0, emit);
        machine.RunToHandler(13);
        Assert.Equal(0UL, machine.Pushed(0, 4));
        Assert.Equal(0UL, machine.Pushed(1, 4));
    }

    [Fact]
    public void WithTheExtensionsTheVirtualFlagStandsIn()
    {
        using SystemMachine machine = Enter(1, c =>
        {
            c.sti();
            c.pushf();
            c.pop(ax);
            c.cli();
            c.pushf();
            c.pop(bx);
            c.hlt();
        });
        machine.RunToHandler(13);
        ulong after = machine.Pushed(3, 4);
        Assert.Equal(0UL, after & (Interrupt | VirtualInterrupt));
        Assert.Equal(0x3000 | Interrupt, machine.State.Gpr[(int)X86Register.Rax] & (0x3000 | Interrupt));
        Assert.Equal(0x3000UL, machine.State.Gpr[(int)X86Register.Rbx] & (0x3000 | Interrupt));
    }

    [Fact]
    public void StiWithAnInterruptPendingFaults()
    {
        using SystemMachine machine = Enter(1, c => c.sti(), VirtualInterruptPending);
        machine.RunToHandler(13);
        Assert.Equal(0UL, machine.Pushed(1, 4));
    }

    [Fact]
    public void TheRedirectionBitmapSendsIntToTheProgram()
    {
        using SystemMachine machine = Enter(1, c => c.@int(0x21), VirtualInterrupt);
        machine.Write(0x21UL * 4, (ushort)0x0040);
        machine.Write((0x21UL * 4) + 2, Paragraph);
        machine.Assemble(c => c.nop(), SystemMachine.Code + 0x40, 16);
        machine.RunToHandler(13);
        Assert.Equal(0x41UL, machine.Pushed(1, 4));
        Assert.Equal(0xFFEAUL, machine.Pushed(4, 4));
        Assert.Equal(0UL, machine.Pushed(3, 4) & VirtualInterrupt);
        Assert.Equal(2, machine.Read<ushort>(0x2_FFEA));
        Assert.Equal(Paragraph, machine.Read<ushort>(0x2_FFEC));
        Assert.Equal(0x3000 | Interrupt, machine.Read<ushort>(0x2_FFEE) & (0x3000 | Interrupt));
    }

    [Fact]
    public void TheRedirectionBitmapSendsIntToAFault()
    {
        using SystemMachine machine = Enter(1, c => c.@int(0x21));
        machine.Write(SystemMachine.Tss + 0x200 + (0x21 / 8), (byte)(1 << (0x21 % 8)));
        machine.RunToHandler(13);
        Assert.Equal(0UL, machine.Pushed(1, 4));
    }

    [Theory]
    [InlineData(0x80, true)]
    [InlineData(0x81, false)]
    public void PortsGoByTheBitmapWhateverTheIoPrivilege(byte port, bool allowed)
    {
        using SystemMachine machine = Enter(
            0,
            c =>
            {
                c.@out(port, al);
                c.hlt();
            },
            0x3000);
        machine.Write(SystemMachine.Tss + 0x220 + (0x81 / 8), (byte)2);
        machine.RunToHandler(13);
        Assert.Equal(allowed ? 2UL : 0UL, machine.Pushed(1, 4));
    }

    /// <summary>A machine about to return to virtual-8086 mode.</summary>
    private static SystemMachine Enter(ulong cr4, Action<Assembler> emit, ulong flags = 0)
    {
        var machine = new SystemMachine(32);
        machine.State.Cr4 = cr4;
        machine.Write(SystemMachine.Tss + 102, (ushort)0x220);
        machine.State.Gpr[(int)X86Register.Rsp] = SystemMachine.Stack - 36;
        uint[] frame = [0, Paragraph, (uint)(VirtualMode | 2 | flags), 0xFFF0, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004];
        for (int i = 0; i < frame.Length; i++)
            machine.Write(SystemMachine.Stack - 36 + (ulong)(i * 4), frame[i]);
        machine.Assemble(emit, SystemMachine.Code, 16);
        machine.Assemble(c => c.iretd(), 0x4_0000);
        machine.State.Rip = 0x4_0000;
        return machine;
    }
}
