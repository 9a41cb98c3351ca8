using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Events;

/// <summary>What delivery pushes, checks and makes of faults on its way (SDM volume 3A, chapter 6).</summary>
public sealed class DeliveryTests
{
    private const uint Idt = 2;
    private const uint External = 1;

    [Fact]
    public void A64BitFrameIsAlignedAndWhole()
    {
        using var machine = new SystemMachine(64);
        machine.State.Gpr[(int)X86Register.Rsp] = SystemMachine.Stack - 3;
        machine.State.Cr2 = 1;
        machine.Assemble(c => c.mov(eax, __dword_ptr[0x4000_0000]));
        machine.RunToHandler(14);
        Assert.Equal(SystemMachine.Stack - 16 - 48, machine.Rsp);
        Assert.Equal(0UL, machine.Pushed(0, 8));
        Assert.Equal(SystemMachine.Code, machine.Pushed(1, 8));
        Assert.Equal(SystemMachine.Code0, machine.Pushed(2, 8));
        Assert.Equal(SystemMachine.Stack - 3, machine.Pushed(4, 8));
        Assert.Equal(SystemMachine.Data0, machine.Pushed(5, 8));
        Assert.Equal(0x4000_0000UL, machine.State.Cr2);
    }

    [Fact]
    public void TheInterruptStackTableIsUsedAtTheSameLevelToo()
    {
        using var machine = new SystemMachine(64);
        machine.Write(SystemMachine.Tss + 36 + 16, 0x3_9008UL);
        machine.SetGate(6, 0x8E, 3);
        machine.Assemble(c => c.ud2());
        machine.RunToHandler(6);
        Assert.Equal(0x3_9000UL - 40, machine.Rsp);
        Assert.Equal(SystemMachine.Data0, machine.State.Segments[(int)X86SegmentRegister.Ss].Selector);
    }

    [Fact]
    public void AnInnerLevelGetsItsStackAndANullSs()
    {
        using var machine = new SystemMachine(64);
        machine.SetLevel(3);
        machine.Assemble(c => c.cli());
        machine.RunToHandler(13);
        Assert.Equal(SystemMachine.KernelStack - 48, machine.Rsp);
        Assert.Equal(0, machine.State.Segments[(int)X86SegmentRegister.Ss].Selector);
        Assert.Equal(0, machine.State.Cpl);
        Assert.Equal(SystemMachine.Data3, machine.Pushed(5, 8));
    }

    [Theory]
    [InlineData(0x8F, 0x200UL)]
    [InlineData(0x8E, 0UL)]
    public void OnlyAnInterruptGateClearsIf(byte access, ulong expected)
    {
        using var machine = new SystemMachine(64);
        machine.SetGate(6, access);
        machine.State.Rflags |= 0x4200;
        machine.Assemble(c => c.ud2());
        machine.RunToHandler(6);
        Assert.Equal(expected, machine.State.Rflags & 0x4200);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    public void IntThroughAGateOfTooLowAPrivilegeNamesTheGate(int bits)
    {
        using var machine = new SystemMachine(bits);
        machine.SetLevel(3);
        machine.Assemble(c => c.@int(0x50));
        machine.RunToHandler(13);
        Assert.Equal((0x50u << 3) | Idt, machine.Pushed(0, bits / 8));
        Assert.Equal(SystemMachine.Code, machine.Pushed(1, bits / 8));
    }

    [Fact]
    public void IntReturnsBehindItself()
    {
        using var machine = new SystemMachine(32);
        machine.SetLevel(3);
        machine.SetGate(0x50, 0xEE);
        ulong end = machine.Assemble(c => c.@int(0x50));
        machine.RunToHandler(0x50);
        Assert.Equal(end, machine.Pushed(0, 4));
        Assert.Equal(SystemMachine.Code3, machine.Pushed(1, 4));
        Assert.Equal(SystemMachine.Stack, machine.Pushed(3, 4));
        Assert.Equal(SystemMachine.Data3, machine.Pushed(4, 4));
    }

    [Fact]
    public void AnExceptionsGateThatIsAbsentIsReportedAsExternal()
    {
        using var machine = new SystemMachine(64);
        machine.SetGate(6, 0x0E);
        machine.Assemble(c => c.ud2());
        machine.RunToHandler(11);
        Assert.Equal((6u << 3) | Idt | External, machine.Pushed(0, 8));
    }

    [Fact]
    public void AContributoryFaultOnTheWayOfAnotherIsADoubleFault()
    {
        using var machine = new SystemMachine(64);
        machine.SetGate(13, 0x0E);
        machine.Assemble(c => c.mov(cr8, rsp));
        machine.RunToHandler(8);
        Assert.Equal(0UL, machine.Pushed(0, 8));
    }

    [Fact]
    public void APageFaultOnTheWayOfAGeneralProtectionFaultIsServedAlone()
    {
        using var machine = new SystemMachine(64);

        // Gates 0 to 13 lie in a page that is absent, the page fault's in the next.
        const ulong Present = 0x60_0000;
        machine.State.Idtr.Base = Present - (14 * 16);
        machine.Write(SystemMachine.Tables + 0x2010, 0UL);
        machine.Write(Present, SystemMachine.Gate(SystemMachine.Code0, SystemMachine.Handlers + (14 * SystemMachine.HandlerStride), 0x8E));
        machine.Assemble(c => c.mov(cr8, rsp));
        machine.RunToHandler(14);
        Assert.Equal(Present - 16, machine.State.Cr2);
        Assert.Equal(0UL, machine.Pushed(0, 8));
        Assert.Equal(SystemMachine.Code, machine.Pushed(1, 8));
    }

    [Fact]
    public void APageFaultOnTheWayOfAPageFaultIsADoubleFault()
    {
        using var machine = new SystemMachine(64);
        const ulong Present = 0x40_0000;
        machine.State.Idtr.Base = Present - (9 * 16);
        machine.State.Idtr.Limit = 0xFFF;
        machine.Write(Present - 16, SystemMachine.Gate(SystemMachine.Code0, SystemMachine.Handlers + (8 * SystemMachine.HandlerStride), 0x8E));
        machine.Write(SystemMachine.Tables + 0x2010, 0UL);
        machine.Assemble(c => c.mov(eax, __dword_ptr[0x4000_0000]));
        machine.RunToHandler(8);
        Assert.Equal(Present + (5 * 16), machine.State.Cr2);
    }

    [Fact]
    public void AFaultOnTheWayOfADoubleFaultShutsDown()
    {
        using var machine = new SystemMachine(64);
        machine.SetGate(13, 0x0E);
        machine.SetGate(8, 0x0E);
        machine.Assemble(c => c.mov(cr8, rsp));
        Assert.Equal(X86ExitReason.Shutdown, machine.Run());
    }

    [Fact]
    public void ABenignFirstExceptionGivesWayToTheSecond()
    {
        using var machine = new SystemMachine(64);
        machine.State.Gpr[(int)X86Register.Rsp] = 0x4000_0000;
        machine.Write(SystemMachine.Tss + 36, SystemMachine.KernelStack);
        machine.SetGate(14, 0x8E, 1);
        machine.Assemble(c => c.ud2());
        machine.RunToHandler(14);
        Assert.Equal(2UL, machine.Pushed(0, 8));
        Assert.Equal(0x4000_0000UL - 8, machine.State.Cr2);
    }

    [Fact]
    public void ANonCanonicalStackIsAStackFaultWithTheExternalBit()
    {
        using var machine = new SystemMachine(64);
        machine.State.Gpr[(int)X86Register.Rsp] = 0x8000_0000_0000_0000;
        machine.Write(SystemMachine.Tss + 36, SystemMachine.KernelStack);
        machine.SetGate(12, 0x8E, 1);
        machine.Assemble(c => c.ud2());
        machine.RunToHandler(12);
        Assert.Equal(External, machine.Pushed(0, 8));
    }

    [Fact]
    public void AHandlerMustBe64BitCode()
    {
        using var machine = new SystemMachine(64);
        machine.Write(SystemMachine.Gdt + SystemMachine.Own, SystemMachine.Segment(0x9B, 12));
        machine.SetGate(6, 0x8E, 0, SystemMachine.Own);
        machine.Assemble(c => c.ud2());
        machine.RunToHandler(13);
        Assert.Equal(SystemMachine.Own | External, machine.Pushed(0, 8));
    }

    [Fact]
    public void RealModePushesThreeWords()
    {
        using var machine = new SystemMachine(16);
        machine.State.Rflags |= 0x200;
        machine.Assemble(c => c.@int(0x21));
        machine.RunToHandler(0x21);
        Assert.Equal(0x8000UL - 6, machine.Rsp);
        Assert.Equal(2UL, machine.Pushed(0, 2));
        Assert.Equal(SystemMachine.Code >> 4, machine.Pushed(1, 2));
        Assert.Equal(0x202UL, machine.Pushed(2, 2));
        Assert.Equal(0UL, machine.State.Rflags & 0x200);
    }

    [Fact]
    public void TheTableOfRealModeHasALimit()
    {
        using var machine = new SystemMachine(16);
        machine.State.Idtr.Limit = 0x7F;
        machine.Assemble(c => c.@int(0x21));
        machine.RunToHandler(13);
        Assert.Equal(0UL, machine.Pushed(0, 2));
    }

    [Fact]
    public void AnInterceptThatExitsEndsTheRunAsOne()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c => c.ud2());
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.InvalidOpcode, fault.Vector);
        Assert.Equal(SystemMachine.Code, machine.Rip);

        // Nothing of it is left for the next run.
        machine.Assemble(c => c.nop());
        Assert.Equal(X86ExitReason.Halted, machine.Run());
    }

    [Fact]
    public void AShutdownCanBeIntercepted()
    {
        using var machine = new SystemMachine(64);
        machine.State.Idtr.Limit = 0;
        machine.Core.Controls.Intercepts.Set(X86Intercept.Shutdown);
        machine.Assemble(c => c.ud2());
        Assert.Equal(X86ExitReason.Intercepted, machine.Run());
        Assert.Equal(X86Activity.Active, machine.State.Activity);
    }
}
