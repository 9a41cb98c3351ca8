using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Segmentation;

/// <summary>Far JMP, CALL, RET and IRET between levels and modes (SDM volume 3A, 5.8; volume 2).</summary>
public sealed class FarTransferTests
{
    private const ulong Target = 0x1_8000;

    [Theory]
    [InlineData(0x9B, 0, 0, true)]
    [InlineData(0xFB, 0, 0, false)]
    [InlineData(0x9B, 3, 0, false)]
    [InlineData(0x9F, 3, 3, true)]
    [InlineData(0xFF, 0, 0, false)]
    [InlineData(0x93, 0, 0, false)]
    [InlineData(0xFB, 3, 0, true)]
    public void ADirectJumpStaysAtItsLevel(byte access, int level, int rpl, bool allowed)
    {
        using var machine = new SystemMachine(32);
        machine.SetLevel(level);
        machine.SetDescriptor(SystemMachine.Own, SystemMachine.Segment(access, 12));
        machine.Assemble(c => c.ud2(), Target);
        FarJump(machine, SystemMachine.Code, (ushort)(SystemMachine.Own | rpl), Target);
        X86Event fault = machine.Catch();
        if (allowed)
        {
            Assert.Equal((byte)X86Exception.InvalidOpcode, fault.Vector);
            Assert.Equal(SystemMachine.Own | level, machine.State.Segments[(int)X86SegmentRegister.Cs].Selector);
            Assert.Equal(level, machine.State.Cpl);
        }
        else
        {
            Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
            Assert.Equal((uint)SystemMachine.Own, fault.ErrorCode);
            Assert.Equal(SystemMachine.Code, machine.Rip);
        }
    }

    [Fact]
    public void ACallGateSwitchesTheStackAndCopiesParameters()
    {
        using var machine = new SystemMachine(32);
        machine.SetLevel(3);
        machine.SetDescriptor(SystemMachine.Own, SystemMachine.Gate(SystemMachine.Code0, Target, 0xEC, 2));
        machine.Assemble(
            c =>
            {
                c.mov(ebx, __dword_ptr[esp + 8]);
                c.mov(ecx, __dword_ptr[esp + 12]);
                c.mov(esi, esp);
                c.retf(8);
            },
            Target,
            32);
        ulong call = machine.Assemble(c =>
        {
            c.push(0x11);
            c.push(0x22);
        });
        ulong next = FarCall(machine, call, SystemMachine.Own | 3, 0xDEAD);
        machine.Assemble(c => c.ud2(), next);
        Assert.Equal((byte)X86Exception.InvalidOpcode, machine.Catch().Vector);
        Assert.Equal(next, machine.Rip);
        Assert.Equal(0x22UL, machine.State.Gpr[(int)X86Register.Rbx]);
        Assert.Equal(0x11UL, machine.State.Gpr[(int)X86Register.Rcx]);
        Assert.Equal(SystemMachine.KernelStack - 24, machine.State.Gpr[(int)X86Register.Rsi]);
        Assert.Equal(SystemMachine.Stack, machine.Rsp);
        Assert.Equal(3, machine.State.Cpl);
    }

    [Fact]
    public void ACallGateInLongModePushesEightBytesAndNoParameters()
    {
        using var machine = new SystemMachine(64);
        machine.SetLevel(3);
        machine.SetDescriptor(SystemMachine.Own, SystemMachine.Gate(SystemMachine.Code0, Target, 0xEC, 2));
        machine.Assemble(c => c.nop(), Target);
        machine.Write(SystemMachine.Data, 0u);
        machine.Write(SystemMachine.Data + 4, (ushort)(SystemMachine.Own | 3));
        ulong next = machine.Assemble(c => c.call(__fword_ptr[SystemMachine.Data]));
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(SystemMachine.KernelStack - 32, machine.Rsp);
        Assert.Equal(next, machine.Pushed(0, 8));
        Assert.Equal(SystemMachine.Code3, machine.Pushed(1, 8));
        Assert.Equal(SystemMachine.Stack, machine.Pushed(2, 8));
        Assert.Equal(0, machine.State.Segments[(int)X86SegmentRegister.Ss].Selector);
    }

    [Fact]
    public void CompatibilityModeIsEnteredAndLeftByFarJumps()
    {
        using var machine = new SystemMachine(64);
        machine.Write(SystemMachine.Gdt + SystemMachine.Own, SystemMachine.Segment(0x9B, 12));
        machine.Write(SystemMachine.Data, (uint)Target);
        machine.Write(SystemMachine.Data + 4, SystemMachine.Own);
        machine.Assemble(c =>
        {
            c.mov(rax, -1L);
            c.jmp(__fword_ptr[SystemMachine.Data]);
        });
        ulong jump = machine.Assemble(c => c.inc(eax), Target, 32);
        FarJump(machine, jump, SystemMachine.Code0, Target + 0x100);
        machine.Assemble(c => c.mov(rbx, -1L), Target + 0x100);
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rax]);
        Assert.Equal(ulong.MaxValue, machine.State.Gpr[(int)X86Register.Rbx]);
    }

    [Fact]
    public void AnOuterReturnDropsWhatTheOuterLevelMayNotUse()
    {
        using var machine = new SystemMachine(32);
        Frame(machine, Target, SystemMachine.Code3, SystemMachine.Stack - 0x100, SystemMachine.Data3);
        machine.Assemble(c => c.retf());
        machine.Assemble(c => c.ud2(), Target);
        Assert.Equal((byte)X86Exception.InvalidOpcode, machine.Catch().Vector);
        Assert.Equal(3, machine.State.Cpl);
        Assert.Equal(0, machine.State.Segments[(int)X86SegmentRegister.Ds].Selector);
        Assert.False(machine.State.Segments[(int)X86SegmentRegister.Ds].IsUsable);
        Assert.Equal(SystemMachine.Stack - 0x100, machine.Rsp);
    }

    [Theory]
    [InlineData(SystemMachine.Code0, SystemMachine.Data0, 3)]
    [InlineData(SystemMachine.Code3, SystemMachine.Data0, 0)]
    [InlineData(SystemMachine.Data0, SystemMachine.Data0, 0)]
    [InlineData(0, 0, 0)]
    public void AReturnToAWrongSegmentFaultsInPlace(ushort cs, ushort ss, int level)
    {
        using var machine = new SystemMachine(32);
        machine.SetLevel(level);
        Frame(machine, Target, cs, SystemMachine.Stack, ss);
        ulong rsp = machine.Rsp;
        machine.Assemble(c => c.retf());
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(cs == SystemMachine.Code3 ? ss : cs, fault.ErrorCode);
        Assert.Equal(rsp, machine.Rsp);
        Assert.Equal(level, machine.State.Cpl);
    }

    [Fact]
    public void IretToANonCanonicalAddressFaultsAtTheInnerLevel()
    {
        using var machine = new SystemMachine(64);
        machine.State.Gpr[(int)X86Register.Rsp] = SystemMachine.Stack - 40;
        ulong[] frame = [0x8000_0000_0000, SystemMachine.Code3, 2, SystemMachine.Stack, SystemMachine.Data3];
        for (int i = 0; i < frame.Length; i++)
            machine.Write(SystemMachine.Stack - 40 + (ulong)(i * 8), frame[i]);
        machine.Assemble(c => c.iretq());
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(0u, fault.ErrorCode);
        Assert.Equal(SystemMachine.Code, machine.Rip);
        Assert.Equal(0, machine.State.Cpl);
    }

    [Fact]
    public void IretInLongModeRefusesNt()
    {
        using var machine = new SystemMachine(64);
        machine.State.Rflags |= 1 << 14;
        machine.Assemble(c => c.iretq());
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(0u, fault.ErrorCode);
    }

    [Fact]
    public void IretChangesIfAndIoplByLevel()
    {
        using var machine = new SystemMachine(32);
        machine.SetLevel(3);
        machine.State.Gpr[(int)X86Register.Rsp] = SystemMachine.Stack - 12;
        machine.Write(SystemMachine.Stack - 12, (uint)Target);
        machine.Write(SystemMachine.Stack - 8, (uint)SystemMachine.Code3);
        machine.Write(SystemMachine.Stack - 4, 0x3247u | (1u << 17));
        machine.Assemble(c => c.iretd());
        machine.Assemble(c => c.ud2(), Target);
        Assert.Equal((byte)X86Exception.InvalidOpcode, machine.Catch().Vector);
        Assert.Equal(0x47UL, machine.State.Rflags & 0x2_3247 & ~2UL | 2);
    }

    /// <summary>A frame of RET: offset, selector, stack pointer, stack segment.</summary>
    private static void Frame(SystemMachine machine, ulong rip, ushort cs, ulong rsp, ushort ss)
    {
        ulong top = SystemMachine.Stack - 16;
        machine.State.Gpr[(int)X86Register.Rsp] = top;
        machine.Write(top, (uint)rip);
        machine.Write(top + 4, (uint)cs);
        machine.Write(top + 8, (uint)rsp);
        machine.Write(top + 12, (uint)ss);
    }

    private static void FarJump(SystemMachine machine, ulong at, int selector, ulong offset)
    {
        machine.Write(at, (byte)0xEA);
        machine.Write(at + 1, (uint)offset);
        machine.Write(at + 5, (ushort)selector);
    }

    private static ulong FarCall(SystemMachine machine, ulong at, int selector, ulong offset)
    {
        machine.Write(at, (byte)0x9A);
        machine.Write(at + 1, (uint)offset);
        machine.Write(at + 5, (ushort)selector);
        return at + 7;
    }
}
