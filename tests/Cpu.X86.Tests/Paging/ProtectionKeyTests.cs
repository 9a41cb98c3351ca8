using Dominion.Cpu.X86.Tests.Interpreter.Float;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Paging;

/// <summary>Protection keys for user-mode pages (SDM volume 3A, 4.6.2 and 4.7).</summary>
public sealed unsafe class ProtectionKeyTests
{
    private const ulong KeysEnabled = 1 << 22;
    private const ulong WriteProtect = 1 << 16;
    private const int Key = 5;
    private const uint AccessDisabled = 1u << (2 * Key);
    private const uint WriteDisabled = 2u << (2 * Key);
    private const uint None = 0;

    /// <summary>Error codes: present, write, user, and bit 5 for the key; code is fetched from the same page all along.</summary>
    [Theory]
    [InlineData(None, 3, false, 0UL, null)]
    [InlineData(AccessDisabled, 3, false, 0UL, 0x25u)]
    [InlineData(AccessDisabled, 3, true, 0UL, 0x27u)]
    [InlineData(AccessDisabled, 0, false, 0UL, 0x21u)]
    [InlineData(AccessDisabled << 2, 3, true, 0UL, null)]
    [InlineData(WriteDisabled, 3, false, 0UL, null)]
    [InlineData(WriteDisabled, 3, true, 0UL, 0x27u)]
    [InlineData(WriteDisabled, 0, true, 0UL, null)]
    [InlineData(WriteDisabled, 0, true, WriteProtect, 0x23u)]
    public void RightsAreThoseOfTheKey(uint pkru, int level, bool writes, ulong cr0, uint? expected)
    {
        using FloatMachine machine = Start(pkru, level);
        machine.State.Cr0 |= cr0;
        X86Exception end = machine.Run(c =>
        {
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
    public void TranslationsThatAreCachedFollowWrpkru()
    {
        using FloatMachine machine = Start(None, 3);
        X86Exception end = machine.Run(c =>
        {
            c.mov(__byte_ptr[rdi], 1);
            c.xor(ecx, ecx);
            c.xor(edx, edx);
            c.mov(eax, WriteDisabled);
            c.wrpkru();
            c.mov(al, __[rdi]);
            c.mov(__byte_ptr[rdi], 2);
        });
        Assert.Equal(X86Exception.PageFault, end);
        Assert.Equal(0x27u, machine.Event.ErrorCode);
        Assert.Equal(1, *machine.Memory);
    }

    [Fact]
    public void ReadingGivesWhatWasWritten()
    {
        using FloatMachine machine = Start(0x1234_5670, 3);
        machine.Run(c =>
        {
            c.mov(rdx, -1L);
            c.rdpkru();
        });
        Assert.Equal(0x1234_5670UL, machine.State.Gpr[(int)X86Register.Rax]);
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rdx]);
    }

    [Theory]
    [InlineData(KeysEnabled, 1, 0, X86Exception.GeneralProtection)]
    [InlineData(KeysEnabled, 0, 1, X86Exception.GeneralProtection)]
    [InlineData(KeysEnabled, 0, 0, X86Exception.InvalidOpcode)]
    public void WrpkruWantsZeros(ulong cr4, int ecx, int edx, X86Exception expected)
    {
        using FloatMachine machine = Start(None, 3);
        machine.State.Cr4 |= cr4;
        Assert.Equal(expected, machine.Run(c =>
        {
            c.xor(eax, eax);
            c.mov(AssemblerRegisters.ecx, ecx);
            c.mov(AssemblerRegisters.edx, edx);
            c.wrpkru();
        }));
    }

    [Fact]
    public void NothingExistsUnlessCr4AllowsIt()
    {
        using FloatMachine machine = Start(AccessDisabled, 3);
        machine.State.Cr4 &= ~KeysEnabled;
        Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c =>
        {
            c.mov(al, __[rdi]);
            c.rdpkru();
            c.mov(ebx, 1);
        }));
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rbx]);
    }

    private static FloatMachine Start(uint pkru, int level)
    {
        var machine = new FloatMachine(64, "pku");
        machine.Paging[1024] |= (ulong)Key << 59;
        machine.State.Cr4 |= KeysEnabled;
        machine.State.Pkru = pkru;
        machine.SetPrivilege(level);
        return machine;
    }
}
