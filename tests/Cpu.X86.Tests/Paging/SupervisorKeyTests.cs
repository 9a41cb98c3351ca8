using Dominion.Cpu.X86.Tests.Interpreter.Float;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Paging;

/// <summary>Protection keys for supervisor-mode pages (SDM volume 3A, 4.6.2 and 4.7).</summary>
public sealed unsafe class SupervisorKeyTests
{
    private const ulong KeysEnabled = 1 << 24;
    private const ulong WriteProtect = 1 << 16;
    private const int Register = 0x6E1;
    private const int Key = 3;
    private const uint AccessDisabled = 1u << (2 * Key);
    private const uint WriteDisabled = 2u << (2 * Key);

    /// <summary>Error codes: present, write, and bit 5 for the key; code is fetched from the same page all along.</summary>
    [Theory]
    [InlineData(0u, true, 0UL, null)]
    [InlineData(AccessDisabled, false, 0UL, 0x21u)]
    [InlineData(AccessDisabled, true, 0UL, 0x23u)]
    [InlineData(AccessDisabled << 2, true, WriteProtect, null)]
    [InlineData(WriteDisabled, false, WriteProtect, null)]
    [InlineData(WriteDisabled, true, 0UL, null)]
    [InlineData(WriteDisabled, true, WriteProtect, 0x23u)]
    public void RightsAreThoseOfTheKey(uint rights, bool writes, ulong cr0, uint? expected)
    {
        using FloatMachine machine = Start();
        machine.State.Cr0 |= cr0;
        X86Exception end = machine.Run(c =>
        {
            c.mov(al, __[rdi]);
            c.xor(edx, edx);
            c.mov(eax, rights);
            c.mov(ecx, Register);
            c.wrmsr();
            if (writes)
                c.mov(__byte_ptr[rdi], 1);
            else
                c.mov(al, __[rdi]);
        });
        Assert.Equal(expected == null ? X86Exception.InvalidOpcode : X86Exception.PageFault, end);
        if (expected != null)
            Assert.Equal(expected, machine.Event.ErrorCode);
    }

    [Fact]
    public void PkruHasNoSayOnSupervisorPages()
    {
        using FloatMachine machine = Start();
        machine.State.Cr4 |= 1 << 22;
        machine.State.Pkru = uint.MaxValue;
        Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c => c.mov(__byte_ptr[rdi], 1)));
    }

    [Fact]
    public void TheRegisterHas32Bits()
    {
        using FloatMachine machine = Start();
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c =>
        {
            c.mov(edx, 1);
            c.xor(eax, eax);
            c.mov(ecx, Register);
            c.wrmsr();
        }));
        Assert.True(machine.Core.Msrs.TryWrite(Register, 0xFFFF_FFFF));
        Assert.True(machine.Core.Msrs.TryRead(Register, out ulong value));
        Assert.Equal(0xFFFF_FFFFUL, value);
    }

    [Fact]
    public void WithoutTheFeatureThereIsNoRegister()
    {
        using FloatMachine machine = new(64, "icelake-server");
        Assert.False(machine.Core.Msrs.TryRead(Register, out _));
        Assert.False(machine.Core.Msrs.TryWrite(Register, 0));
    }

    private static FloatMachine Start()
    {
        var machine = new FloatMachine(64, "icelake-server", "pks");
        machine.Paging[1024] &= ~4UL;
        machine.Paging[1024] |= (ulong)Key << 59;
        machine.State.Cr4 |= KeysEnabled;
        machine.SetPrivilege(0);
        return machine;
    }
}
