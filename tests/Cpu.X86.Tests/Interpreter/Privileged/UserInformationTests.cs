using Dominion.Cpu.X86.Tests.Interpreter.Float;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Privileged;

/// <summary>CR4.UMIP (SDM volume 3A, 2.5).</summary>
public sealed class UserInformationTests
{
    private const ulong Umip = 1 << 11;

    private static readonly Action<Assembler>[] Programs =
        [c => c.sgdt(__[rdi]), c => c.sidt(__[rdi]), c => c.sldt(eax), c => c.str(eax), c => c.smsw(eax), c => c.smsw(__[rdi])];

    [Theory]
    [InlineData(Umip, 3, X86Exception.GeneralProtection)]
    [InlineData(Umip, 0, X86Exception.InvalidOpcode)]
    [InlineData(0UL, 3, X86Exception.InvalidOpcode)]
    public void OnlyTheSystemMayAsk(ulong cr4, int level, X86Exception expected)
    {
        using var machine = new FloatMachine(64, "umip");
        machine.State.Cr4 |= cr4;
        machine.SetPrivilege(level);
        Assert.All(Programs, program => Assert.Equal(expected, machine.Run(program)));
    }
}
