using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Modes;

/// <summary>SYSCALL, SYSRET, SYSENTER and SYSEXIT (SDM volume 2).</summary>
public sealed class FastCallTests
{
    private const ulong Target = 0x1_8000;
    private const ulong Trap = 1 << 8;

    [Fact]
    public void SyscallKeepsWhatSysretNeeds()
    {
        using SystemMachine machine = Create();
        machine.SetLevel(3);
        machine.State.Rflags = 0x3246 | 1;
        ulong next = machine.Assemble(c => c.syscall());
        machine.Assemble(c => c.hlt(), Target);
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(next, machine.State.Gpr[(int)X86Register.Rcx]);
        Assert.Equal(0x3247UL, machine.State.Gpr[(int)X86Register.R11]);
        Assert.Equal(0x3047UL, machine.State.Rflags);
        Assert.Equal(0, machine.State.Cpl);
        Assert.Equal(SystemMachine.Code0, machine.State.Segments[(int)X86SegmentRegister.Cs].Selector);
        Assert.Equal(SystemMachine.Data0, machine.State.Segments[(int)X86SegmentRegister.Ss].Selector);
    }

    [Theory]
    [InlineData(0x300UL, false)]
    [InlineData(0x200UL, true)]
    public void TheTrapOfASyscallGoesByTheMaskedFlag(ulong mask, bool traps)
    {
        using SystemMachine machine = Create();
        machine.State.Fmask = mask;
        machine.SetLevel(3);
        machine.State.Rflags = Trap | 2;
        machine.Assemble(c => c.syscall());
        machine.Assemble(c => c.nop(), Target);
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(traps ? 1UL << 14 : 0, machine.State.Dr6 & 0xE00F);
        if (traps)
            Assert.Equal(Target, machine.Pushed(0, 8));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void TheTrapOfASysretGoesByTheFlagThatItSets(bool before, bool after)
    {
        using SystemMachine machine = Create();
        ref X86State state = ref machine.State;
        state.Rflags |= before ? Trap : 0;
        state.Gpr[(int)X86Register.Rcx] = Target;
        state.Gpr[(int)X86Register.R11] = 2 | (after ? Trap : 0);
        machine.Assemble(c => c.sysretq());
        machine.Assemble(c => c.ud2(), Target);
        Assert.Equal((byte)(after ? X86Exception.Debug : X86Exception.InvalidOpcode), machine.Catch().Vector);
        Assert.Equal(Target, machine.Rip);
        Assert.Equal(3, state.Cpl);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SysretGoesBackToEitherMode(bool wide)
    {
        using SystemMachine machine = Create();
        ref X86State state = ref machine.State;
        state.Gpr[(int)X86Register.Rcx] = Target;
        state.Gpr[(int)X86Register.R11] = ulong.MaxValue & ~Trap & ~(1UL << 18);
        machine.Assemble(c =>
        {
            if (wide)
                c.sysretq();
            else
                c.sysret();
        });
        machine.Assemble(c => c.ud2(), Target);
        Assert.Equal((byte)X86Exception.InvalidOpcode, machine.Catch().Vector);
        Assert.Equal(Target, machine.Rip);
        Assert.Equal(3, state.Cpl);
        Assert.Equal(wide ? 0x43 : 0x33, state.Segments[(int)X86SegmentRegister.Cs].Selector);
        Assert.Equal(0x3B, state.Segments[(int)X86SegmentRegister.Ss].Selector);
        Assert.Equal(wide, (state.Segments[(int)X86SegmentRegister.Cs].Attributes & X86SegmentAttributes.Long) != 0);
        Assert.Equal(0x38_7ED7UL, state.Rflags);
    }

    [Fact]
    public void SysretToANonCanonicalAddressFaultsAtLevel0()
    {
        using SystemMachine machine = Create();
        machine.State.Gpr[(int)X86Register.Rcx] = 0x8000_0000_0000;
        machine.Assemble(c => c.sysretq());
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(0, machine.State.Cpl);
        Assert.Equal(SystemMachine.Code, machine.Rip);
    }

    [Fact]
    public void SyscallNeedsItsEnableBit()
    {
        using SystemMachine machine = Create();
        machine.State.Efer &= ~1UL;
        machine.Assemble(c => c.syscall());
        Assert.Equal((byte)X86Exception.InvalidOpcode, machine.Catch().Vector);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void SysenterAndSysexitGoThereAndBack(int bits)
    {
        using var machine = new SystemMachine(bits);
        ref X86State state = ref machine.State;
        state.SysenterCs = SystemMachine.Code0;
        state.SysenterEip = Target;
        state.SysenterEsp = SystemMachine.KernelStack;
        machine.SetLevel(3);
        state.Rflags |= 0x200;
        ulong next = machine.Assemble(c => c.sysenter());
        machine.Assemble(c => c.ud2(), next);
        machine.Assemble(
            c =>
            {
                if (bits == 64)
                {
                    c.mov(rbx, rsp);
                    c.pushfq();
                    c.pop(rsi);
                    c.mov(edx, (int)next);
                    c.mov(ecx, (int)SystemMachine.Stack);
                    c.sysexitq();
                }
                else
                {
                    c.mov(ebx, esp);
                    c.pushfd();
                    c.pop(esi);
                    c.mov(edx, (int)next);
                    c.mov(ecx, (int)SystemMachine.Stack);
                    c.sysexit();
                }
            },
            Target);
        Assert.Equal((byte)X86Exception.InvalidOpcode, machine.Catch().Vector);
        Assert.Equal(next, machine.Rip);
        Assert.Equal(3, state.Cpl);
        Assert.Equal(SystemMachine.KernelStack, state.Gpr[(int)X86Register.Rbx]);
        Assert.Equal(0UL, state.Gpr[(int)X86Register.Rsi] & 0x200);
        Assert.Equal(SystemMachine.Stack, machine.Rsp);
        Assert.Equal(bits == 64 ? 0x2B : 0x1B, state.Segments[(int)X86SegmentRegister.Cs].Selector);
        Assert.Equal(bits == 64 ? 0x33 : 0x23, state.Segments[(int)X86SegmentRegister.Ss].Selector);
    }

    [Fact]
    public void SysenterNeedsItsSelector()
    {
        using var machine = new SystemMachine(32);
        machine.Assemble(c => c.sysenter());
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(0u, fault.ErrorCode);
    }

    private static SystemMachine Create()
    {
        var machine = new SystemMachine(64);
        machine.State.Star = (0x33UL << 48) | ((ulong)SystemMachine.Code0 << 32);
        machine.State.Lstar = Target;
        machine.State.Fmask = 0x200;
        return machine;
    }
}
