using Dominion.Cpu.X86.Interpreter.Vector.Operations;

namespace Dominion.Cpu.X86.Tests.Interpreter.Vector;

/// <summary>RCPPS and RSQRTPS keep the error that the architecture bounds (SDM volume 2 RCPPS, RSQRTPS).</summary>
public sealed class ApproximationTests
{
    private const double Bound = 1.5 / 4096;

    [Fact]
    public void TheErrorIsBounded()
    {
        var random = new Random(1);
        for (int i = 0; i < 1_000_000; i++)
        {
            uint bits = (uint)random.Next(0x0080_0000, 0x7E80_0000);
            double value = BitConverter.UInt32BitsToSingle(bits);
            double reciprocal = BitConverter.UInt32BitsToSingle(Approximation.Reciprocal(bits));
            double root = BitConverter.UInt32BitsToSingle(Approximation.ReciprocalSquareRoot(bits));
            Assert.True(Math.Abs((reciprocal * value) - 1) <= Bound, $"RCP of {bits:x}");
            Assert.True(Math.Abs((root * Math.Sqrt(value)) - 1) <= Bound, $"RSQRT of {bits:x}");
        }
    }

    [Theory]
    [InlineData(0x0000_0000u, 0x7F80_0000u)]
    [InlineData(0x8000_0000u, 0xFF80_0000u)]
    [InlineData(0x8000_0001u, 0xFF80_0000u)]
    [InlineData(0x7F80_0000u, 0x0000_0000u)]
    [InlineData(0xFF80_0000u, 0x8000_0000u)]
    [InlineData(0x7F7F_FFFFu, 0x0000_0000u)]
    [InlineData(0x7F80_0001u, 0x7FC0_0001u)]
    [InlineData(0x3F80_0000u, 0x3F80_0000u)]
    [InlineData(0xC000_0000u, 0xBF00_0000u)]
    public void ReciprocalsAtTheEdges(uint operand, uint expected) => Assert.Equal(expected, Approximation.Reciprocal(operand));

    [Theory]
    [InlineData(0x0000_0000u, 0x7F80_0000u)]
    [InlineData(0x8000_0000u, 0xFF80_0000u)]
    [InlineData(0x7F80_0000u, 0x0000_0000u)]
    [InlineData(0xBF80_0000u, 0xFFC0_0000u)]
    [InlineData(0xFF80_0000u, 0xFFC0_0000u)]
    [InlineData(0x7F80_0001u, 0x7FC0_0001u)]
    [InlineData(0x4080_0000u, 0x3F00_0000u)]
    public void ReciprocalRootsAtTheEdges(uint operand, uint expected) => Assert.Equal(expected, Approximation.ReciprocalSquareRoot(operand));
}
