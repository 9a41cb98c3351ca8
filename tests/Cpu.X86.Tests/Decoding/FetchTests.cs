using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Decoding;

/// <summary>Where instructions may be fetched from, and code that changes under the processor (SDM volume 3A, 5.3 and 8.1.3).</summary>
public sealed class FetchTests
{
    [Theory]
    [InlineData(5, 2)]
    [InlineData(2, 2)]
    [InlineData(1, 2)]
    [InlineData(0, 1)]
    public void AnInstructionMustBeInsideTheLimitWhole(uint limit, ulong reached)
    {
        using var machine = new SystemMachine(32);
        machine.Assemble(c =>
        {
            c.nop();
            c.nop();
            c.mov(eax, 0x1234);
            c.hlt();
        });

        // First without a limit, so that the block is known whole.
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        machine.State.Activity = X86Activity.Active;
        machine.State.Gpr[(int)X86Register.Rax] = 0;
        machine.State.Rip = 0;
        ref X86Segment cs = ref machine.State.Segments[(int)X86SegmentRegister.Cs];
        cs.Base = SystemMachine.Code;
        cs.Limit = limit;
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(0u, fault.ErrorCode);
        Assert.Equal(reached, machine.Rip);
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rax]);
    }

    [Fact]
    public void TheLastByteOfTheLimitCanBeExecuted()
    {
        using var machine = new SystemMachine(32);
        ref X86Segment cs = ref machine.State.Segments[(int)X86SegmentRegister.Cs];
        machine.Assemble(c => c.mov(eax, 0x1234));
        machine.State.Rip = 0;
        cs.Base = SystemMachine.Code;
        cs.Limit = 5;
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(0x1234UL, machine.State.Gpr[(int)X86Register.Rax]);
    }

    [Fact]
    public void RealModeCodeDoesNotWrapAt64KiB()
    {
        using var machine = new SystemMachine(16);
        machine.Write(SystemMachine.Code + 0xFFFF, (byte)0x90);
        machine.State.Rip = 0xFFFF;
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(0x1_0000UL, machine.Rip);
    }

    [Fact]
    public void A16BitBranchCutsItsTargetOff()
    {
        using var machine = new SystemMachine(16);
        machine.Write(SystemMachine.Code + 0xFFF0, (ushort)0x1EEB);
        machine.Write(SystemMachine.Code + 0x10, (byte)0xF4);
        machine.State.Rip = 0xFFF0;
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(0x11UL, machine.Rip);
    }

    [Fact]
    public void AWriteToTheNextInstructionIsExecuted()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c =>
        {
            Label next = c.CreateLabel();
            c.mov(__byte_ptr[next], 0xB0);
            c.Label(ref next);
            c.db(0xB4, 0x77);
        });
        machine.Run();
        Assert.Equal(0x77UL, machine.State.Gpr[(int)X86Register.Rax]);
    }

    [Fact]
    public void AnInstructionAcrossPagesSeesWritesToItsEnd()
    {
        using var machine = new SystemMachine(64);
        const ulong At = 0x11_FFFE;
        machine.Assemble(
            c =>
            {
                c.mov(eax, 0x1111_1111);
                c.ret();
            },
            At);
        machine.Assemble(c =>
        {
            c.call(At);
            c.mov(ebx, eax);
            c.mov(__byte_ptr[At + 4], 0x22);
            c.call(At);
        });
        machine.Run();
        Assert.Equal(0x1111_1111UL, machine.State.Gpr[(int)X86Register.Rbx]);
        Assert.Equal(0x2211_1111UL, machine.State.Gpr[(int)X86Register.Rax]);
    }

    [Fact]
    public void SixteenBytesAreTooMany()
    {
        using var machine = new SystemMachine(64);
        for (ulong i = 0; i < 15; i++)
            machine.Write(SystemMachine.Code + i, (byte)0x66);
        machine.Write(SystemMachine.Code + 15, (byte)0x90);
        Assert.Equal((byte)X86Exception.GeneralProtection, machine.Catch().Vector);
    }

    [Theory]
    [InlineData(new byte[] { 0xF0, 0x90 })]
    [InlineData(new byte[] { 0xF0, 0x01, 0xC0 })]
    [InlineData(new byte[] { 0xF0, 0x8B, 0x03 })]
    [InlineData(new byte[] { 0xF0, 0x39, 0x03 })]
    public void LockNeedsAnInstructionThatModifiesMemory(byte[] code)
    {
        using var machine = new SystemMachine(64);
        for (int i = 0; i < code.Length; i++)
            machine.Write(SystemMachine.Code + (ulong)i, code[i]);
        Assert.Equal((byte)X86Exception.InvalidOpcode, machine.Catch().Vector);
    }

    [Fact]
    public void GoingOnBeyondTheCanonicalAddressesIsAGeneralProtectionFault()
    {
        using var machine = new SystemMachine(64);
        machine.State.Gpr[(int)X86Register.Rax] = 0x0000_8000_0000_0000;
        machine.Assemble(c => c.jmp(rax));
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(SystemMachine.Code, machine.Rip);
    }
}
