using Dominion.Oracle.X86.Comparison;

namespace Dominion.Oracle.X86.Tests;

public sealed class ToleranceTests
{
    [Theory]
    [InlineData(0x3F80_0000u, 0x3F80_0000u, true)]
    [InlineData(0x3F80_0000u, 0x3F7F_F000u, true)]
    [InlineData(0x3F80_0000u, 0x3F7C_0000u, false)]
    [InlineData(0x7F80_0000u, 0x7F7F_FFFFu, false)]
    [InlineData(0x7FC0_0000u, 0xFFC0_0000u, false)]
    [InlineData(0x0000_0000u, 0x8000_0000u, false)]
    [InlineData(0x8000_0000u, 0x8080_0000u, true)]
    [InlineData(0x0000_0000u, 0x0090_0000u, false)]
    public void ApproximationsAreWithinTwiceTheBound(uint left, uint right, bool expected) => Assert.Equal(expected, Tolerance.AreClose(left, right));

    [Theory]
    [InlineData(5UL, 0x3FFFUL, 6UL, 0x3FFFUL, true)]
    [InlineData(5UL, 0x3FFFUL, 4UL, 0x3FFFUL, true)]
    [InlineData(5UL, 0x3FFFUL, 7UL, 0x3FFFUL, false)]
    [InlineData(5UL, 0x3FFFUL, 3UL, 0x3FFFUL, false)]
    [InlineData(ulong.MaxValue, 0x3FFEUL, 0x8000_0000_0000_0000UL, 0x3FFFUL, true)]
    [InlineData(5UL, 0x3FFFUL, 5UL, 0xBFFFUL, false)]
    public void NeighboursDifferInTheLastBit(ulong left, ulong leftExponent, ulong right, ulong rightExponent, bool expected) =>
        Assert.Equal(expected, Tolerance.AreNeighbours(left, leftExponent, right, rightExponent));
}
