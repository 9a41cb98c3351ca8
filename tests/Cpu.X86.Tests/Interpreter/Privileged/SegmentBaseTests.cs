using Dominion.Cpu.X86.Tests.Interpreter.Float;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Privileged;

/// <summary>RDFSBASE, RDGSBASE, WRFSBASE, WRGSBASE (SDM volume 2).</summary>
public sealed class SegmentBaseTests
{
    private const ulong FsGsBase = 1 << 16;

    [Fact]
    public void BasesAreReadAndWrittenAtPrivilegeLevel3()
    {
        using var machine = new FloatMachine(64, "fsgsbase");
        machine.State.Cr4 |= FsGsBase;
        machine.SetPrivilege(3);
        X86Exception end = machine.Run(c =>
        {
            c.mov(rax, 0x1234_5678_9ABCUL);
            c.wrfsbase(rax);
            c.wrgsbase(eax);
            c.rdfsbase(rbx);
            c.mov(rdx, -1L);
            c.rdfsbase(edx);
            c.rdgsbase(rsi);
        });
        Assert.Equal(X86Exception.InvalidOpcode, end);
        Assert.Equal(0x1234_5678_9ABCUL, machine.State.Gpr[(int)X86Register.Rbx]);
        Assert.Equal(0x5678_9ABCUL, machine.State.Gpr[(int)X86Register.Rdx]);
        Assert.Equal(0x5678_9ABCUL, machine.State.Gpr[(int)X86Register.Rsi]);
    }

    [Theory]
    [InlineData("fsgsbase", 0x0000_8000_0000_0000UL, X86Exception.GeneralProtection)]
    [InlineData("fsgsbase", 0xFFFF_8000_0000_0000UL, X86Exception.InvalidOpcode)]
    [InlineData("la57", 0x0000_8000_0000_0000UL, X86Exception.InvalidOpcode)]
    [InlineData("la57", 0x0100_0000_0000_0000UL, X86Exception.GeneralProtection)]
    public void BasesAreCanonicalForTheWidestAddresses(string feature, ulong address, X86Exception expected)
    {
        using var machine = new FloatMachine(64, "fsgsbase", feature);
        machine.State.Cr4 |= FsGsBase;
        Assert.Equal(expected, machine.Run(c =>
        {
            c.mov(rax, address);
            c.wrgsbase(rax);
        }));
    }

    [Fact]
    public void NothingExistsUnlessCr4AllowsIt()
    {
        using var machine = new FloatMachine(64, "fsgsbase");
        machine.Run(c => c.rdfsbase(rax));
        Assert.Equal(FloatMachine.Code, machine.State.Rip);
    }
}
