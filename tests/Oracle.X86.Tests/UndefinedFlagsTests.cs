using Dominion.Oracle.X86.Comparison;

namespace Dominion.Oracle.X86.Tests;

public sealed class UndefinedFlagsTests
{
    private const ulong StatusFlags = 0x8D5;

    [Fact]
    public void EachEntryNamesItsPage()
    {
        foreach ((string mnemonics, ulong flags, string source) in UndefinedFlags.Entries)
        {
            Assert.StartsWith("SDM volume ", source);
            Assert.True(flags != 0 && (flags & ~StatusFlags) == 0, mnemonics);
            Assert.All(mnemonics.Split(' '), mnemonic => Assert.Contains(mnemonic.ToUpperInvariant(), source));
        }
    }
}
