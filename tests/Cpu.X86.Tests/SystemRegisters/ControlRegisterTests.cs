using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.SystemRegisters;

/// <summary>What MOV to control and debug registers and WRMSR refuse (SDM volume 2, MOV; volume 3A, 2.5 and 4.1.2; volume 4).</summary>
public sealed class ControlRegisterTests
{
    private const uint Efer = 0xC000_0080;

    [Theory]
    [InlineData(0x8000_0011UL, 32, true)]
    [InlineData(0x8000_0010UL, 32, false)]
    [InlineData(0x2000_0011UL, 32, false)]
    [InlineData(0x6000_0011UL, 32, true)]
    [InlineData(0x8000_0031UL, 64, true)]
    [InlineData(0x0000_0031UL, 64, false)]
    [InlineData(0x1_8000_0031UL, 64, false)]
    public void Cr0(ulong value, int bits, bool allowed)
    {
        using var machine = new SystemMachine(bits);
        machine.Write(SystemMachine.Tables, 0x83u);
        machine.State.Cr3 = SystemMachine.Tables;
        machine.State.Cr4 |= 0x10;
        if (bits == 64)
            machine.Write(SystemMachine.Tables, (SystemMachine.Tables + 0x1000) | 7);
        machine.State.Gpr[(int)X86Register.Rax] = value;
        machine.Assemble(c =>
        {
            if (bits == 64)
                c.mov(cr0, rax);
            else
                c.mov(cr0, eax);
            c.ud2();
        });
        Check(machine, allowed);
    }

    [Theory]
    [InlineData(0x20UL, true)]
    [InlineData(0UL, false)]
    [InlineData(0x8000_0020UL, false)]
    [InlineData(0x2_0020UL, true)]
    [InlineData(0x3020UL, false)]
    public void Cr4In64BitMode(ulong value, bool allowed)
    {
        using var machine = new SystemMachine(64);
        machine.State.Gpr[(int)X86Register.Rax] = value;
        machine.Assemble(c =>
        {
            c.mov(cr4, rax);
            c.ud2();
        });
        Check(machine, allowed);
    }

    [Fact]
    public void PcidNeedsLongModeAndAClearCr3()
    {
        using var machine = new SystemMachine(32);
        machine.State.Gpr[(int)X86Register.Rax] = 0x2_0000;
        machine.Assemble(c => c.mov(cr4, eax));
        Check(machine, false);

        using var wide = new SystemMachine(64);
        wide.State.Cr3 |= 8;
        wide.State.Gpr[(int)X86Register.Rax] = 0x2_0020;
        wide.Assemble(c => c.mov(cr4, rax));
        Check(wide, false);
    }

    [Theory]
    [InlineData(SystemMachine.Tables | (1UL << 63), false, false)]
    [InlineData(SystemMachine.Tables | (1UL << 63) | 5, true, true)]
    [InlineData(SystemMachine.Tables | (1UL << 55), true, false)]
    public void Cr3HasReservedBits(ulong value, bool pcid, bool allowed)
    {
        using var machine = new SystemMachine(64);
        if (pcid)
            machine.State.Cr4 |= 0x2_0000;
        machine.State.Gpr[(int)X86Register.Rax] = value;
        machine.Assemble(c =>
        {
            c.mov(cr3, rax);
            c.mov(rbx, cr3);
            c.ud2();
        });
        Check(machine, allowed);
        if (allowed)
            Assert.Equal(value & ~(1UL << 63), machine.State.Gpr[(int)X86Register.Rbx]);
    }

    [Theory]
    [InlineData(Efer, 0xD01UL, true)]
    [InlineData(Efer, 0xC01UL, false)]
    [InlineData(Efer, 0x2_0D01UL, false)]
    [InlineData(0xC000_0082U, 0x7FFF_FFFF_FFFFUL, true)]
    [InlineData(0xC000_0082U, 0x8000_0000_0000UL, false)]
    [InlineData(0xC000_0100U, 0x8000_0000_0000UL, false)]
    [InlineData(0x176U, 0x8000_0000_0000UL, false)]
    [InlineData(0xC000_0103U, 0x1_0000_0000UL, false)]
    [InlineData(0x277U, 0x0007_0406_0007_0402UL, false)]
    [InlineData(0x277U, 0x0007_0406_0007_0405UL, true)]
    [InlineData(0x17AU, 8UL, false)]
    [InlineData(0x1D9U, 1UL << 20, false)]
    [InlineData(0x1234_5678U, 0UL, false)]
    public void ModelSpecificRegisters(uint index, ulong value, bool allowed)
    {
        using var machine = new SystemMachine(64);
        ref X86State state = ref machine.State;
        state.Gpr[(int)X86Register.Rcx] = index;
        state.Gpr[(int)X86Register.Rax] = (uint)value;
        state.Gpr[(int)X86Register.Rdx] = value >> 32;
        machine.Core.Msrs.TryRead(index, out ulong before);
        machine.Assemble(c =>
        {
            c.wrmsr();
            c.ud2();
        });
        Check(machine, allowed);
        machine.Core.Msrs.TryRead(index, out ulong after);
        Assert.Equal(allowed ? value : before, after);
    }

    [Fact]
    public void DebugRegistersHaveFixedBits()
    {
        using var machine = new SystemMachine(32);
        machine.Assemble(c =>
        {
            c.xor(eax, eax);
            c.mov(dr6, eax);
            c.mov(dr7, eax);
            c.mov(ebx, dr6);
            c.mov(ecx, dr7);
            c.mov(eax, 0xFFFF_DFFF);
            c.mov(dr6, eax);
            c.mov(dr7, eax);
            c.mov(esi, dr6);
            c.mov(edi, dr7);
            c.ud2();
        });
        Check(machine, true);
        Assert.Equal(0xFFFF_0FF0UL, machine.State.Gpr[(int)X86Register.Rbx]);
        Assert.Equal(0x400UL, machine.State.Gpr[(int)X86Register.Rcx]);
        Assert.Equal(0xFFFF_CFFFUL, machine.State.Gpr[(int)X86Register.Rsi]);
        Assert.Equal(0xFFFF_07FFUL, machine.State.Gpr[(int)X86Register.Rdi]);
    }

    [Theory]
    [InlineData(0UL, false)]
    [InlineData(8UL, true)]
    public void Dr4IsAnAliasUnlessDebuggingExtensionsAreOn(ulong cr4, bool undefined)
    {
        using var machine = new SystemMachine(32);
        machine.State.Cr4 = cr4;
        ulong end = machine.Assemble(c => c.mov(eax, dr4));
        machine.Assemble(c => c.ud2(), end);
        Assert.Equal((byte)X86Exception.InvalidOpcode, machine.Catch().Vector);
        Assert.Equal(undefined ? SystemMachine.Code : end, machine.Rip);
    }

    [Fact]
    public void TheHighHalfOfDr7MustBeClear()
    {
        using var machine = new SystemMachine(64);
        machine.State.Gpr[(int)X86Register.Rax] = 1UL << 32;
        machine.Assemble(c => c.mov(dr7, rax));
        Check(machine, false);
    }

    [Fact]
    public void LmswSetsProtectionButNeverClearsIt()
    {
        using var machine = new SystemMachine(32);
        machine.Assemble(c =>
        {
            c.mov(eax, 0xE);
            c.lmsw(ax);
            c.smsw(ebx);
            c.ud2();
        });
        Check(machine, true);
        Assert.Equal(0x3FUL, machine.State.Gpr[(int)X86Register.Rbx]);
    }

    [Fact]
    public void LongModeIsSwitchedOnAndOffThroughCompatibilityMode()
    {
        using var machine = new SystemMachine(64);
        machine.Write(SystemMachine.Gdt + SystemMachine.Own, SystemMachine.Segment(0x9B, 12));
        machine.Write(SystemMachine.Data, 0x1_8000u);
        machine.Write(SystemMachine.Data + 4, SystemMachine.Own);
        machine.Assemble(c => c.jmp(__fword_ptr[SystemMachine.Data]));
        machine.Assemble(
            c =>
            {
                c.mov(eax, 0x31);
                c.mov(cr0, eax);
                c.mov(ecx, Efer);
                c.rdmsr();
                c.mov(ebx, eax);
                c.mov(eax, 0x8000_0031);
                c.mov(cr0, eax);
                c.rdmsr();
                c.ud2();
            },
            0x1_8000,
            32);
        Check(machine, true);
        Assert.Equal(0x901UL, machine.State.Gpr[(int)X86Register.Rbx]);
        Assert.Equal(0xD01UL, machine.State.Gpr[(int)X86Register.Rax]);
    }

    /// <summary>Runs to the UD2 behind the instruction, or to its #GP(0).</summary>
    private static void Check(SystemMachine machine, bool allowed)
    {
        X86Event fault = machine.Catch();
        Assert.Equal(allowed ? X86Exception.InvalidOpcode : X86Exception.GeneralProtection, (X86Exception)fault.Vector);
        Assert.Equal(0u, fault.ErrorCode);
    }
}
