using System.Globalization;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Transcendental;

namespace Dominion.Cpu.X86.Tests.FloatingPoint.Transcendental;

/// <summary>The results are better than the promised unit of the last place: rounded correctly, but for one operand in a
/// great many. This needs no x87 on the host.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void ResultsAreCorrectlyRounded()
    {
        foreach (string line in ReferenceValues.Lines.Split('\n'))
        {
            string[] words = line.Trim().Split(' ');
            X87Context context = new(0x037F);
            Float80 result = Run(words[0], ref context, Parse(words, 1), Parse(words, 3));
            Assert.True(Parse(words, 5) == result && context.Raised == FloatExceptions.Precision, $"{line}: {result} {context.Raised}");
        }
    }

    private static Float80 Parse(string[] words, int index) => new(
        ulong.Parse(words[index + 1], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        ushort.Parse(words[index], NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static Float80 Run(string name, ref X87Context context, Float80 top, Float80 next)
    {
        Float80 result;
        switch (name)
        {
            case "f2xm1":
                return X87Exponential.PowerOfTwoLessOne(ref context, top);
            case "fyl2x":
                return X87Logarithm.Multiplied(ref context, top, next);
            case "fyl2xp1":
                return X87Logarithm.MultipliedPlusOne(ref context, top, next);
            case "fpatan":
                return X87Arctangent.Angle(ref context, top, next);
            case "fsin":
                Assert.True(X87Trigonometry.Sine(ref context, top, out result));
                return result;
            case "fcos":
                Assert.True(X87Trigonometry.Cosine(ref context, top, out result));
                return result;
            default:
                Assert.True(X87Trigonometry.Tangent(ref context, top, out result, out _));
                return result;
        }
    }
}
