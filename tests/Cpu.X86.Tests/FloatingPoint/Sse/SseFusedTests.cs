using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.FloatingPoint.Sse;

/// <summary>Fused products and sums against the host's, where they are difficult: sums that cancel, results that are barely representable, all rounding modes, FZ and DAZ.</summary>
public sealed unsafe class SseFusedTests
{
    private const int Cases = 40_000;
    private const uint Masks = 0x1F80;
    private readonly Random random = new(7);

    [HostFact("fma")]
    public void DoublesAgreeWithTheHost() => Compare(
        FloatFormat.Double, c => c.vfmadd213sd(xmm0, xmm1, xmm2), c => c.vfnmsub213sd(xmm0, xmm1, xmm2));

    [HostFact("fma")]
    public void SinglesAgreeWithTheHost() => Compare(
        FloatFormat.Single, c => c.vfmadd213ss(xmm0, xmm1, xmm2), c => c.vfnmsub213ss(xmm0, xmm1, xmm2));

    private void Compare(FloatFormat format, Action<Assembler> add, Action<Assembler> negated)
    {
        using HostSse plain = new(add);
        using HostSse negative = new(negated);
        for (int i = 0; i < Cases; i++)
        {
            ulong a = Operand(format);
            ulong b = random.Next(8) == 0 ? Reciprocal(format, a) : Operand(format);
            ulong c = random.Next(3) == 0 ? Operand(format) : NearProduct(format, a, b);
            uint mxcsr = Masks | ((uint)random.Next() & 0xE040);
            bool negates = random.Next(2) == 0;

            uint after = mxcsr;
            ulong expected = (negates ? negative : plain).Run(ref after, b, a, out _, c);
            if (format.FractionBits < 32)
                expected = (uint)expected;

            FloatExceptions raised = FloatExceptions.None;
            ulong actual = SseFused.MultiplyAdd(format, a, b, c, negates, negates, mxcsr, ref raised);
            string what = $"{a:x} * {b:x} + {c:x}, negated {negates}, mxcsr {mxcsr:x}";
            Assert.True(expected == actual, $"{what}: host {expected:x}, exact {actual:x}");
            Assert.True((after & 0x3F) == (uint)raised, $"{what}: host {(FloatExceptions)(after & 0x3F)}, exact {raised}");
        }
    }

    /// <summary>A number whose exponent is anywhere or near the ends, with few ones or many.</summary>
    private ulong Operand(FloatFormat format)
    {
        ulong fraction = random.Next(3) switch
        {
            0 => 0,
            1 => (1UL << random.Next(format.FractionBits)) - (ulong)random.Next(2),
            _ => (ulong)random.NextInt64(),
        };
        int exponent = random.Next(5) switch
        {
            0 => random.Next(0, 3),
            1 => random.Next(format.MaximumExponent - 3, format.MaximumExponent + 1),
            2 => random.Next(0, format.MaximumExponent),
            3 => format.Bias / 2,
            _ => format.Bias + random.Next(-60, 60),
        };
        return ((ulong)exponent << format.FractionBits) | (fraction & format.FractionMask) | format.Zero(random.Next(2) == 0);
    }

    /// <summary>A number that brings a product near the smallest or largest one.</summary>
    private ulong Reciprocal(FloatFormat format, ulong operand)
    {
        int wanted = random.Next(2) == 0 ? 1 - random.Next(-3, format.FractionBits + 3) : format.MaximumExponent - random.Next(-1, 4);
        int exponent = Math.Clamp(wanted + format.Bias - format.BiasedExponent(operand), 0, format.MaximumExponent - 1);
        return ((ulong)exponent << format.FractionBits) | ((ulong)random.NextInt64() & format.FractionMask);
    }

    /// <summary>The rounded product with its sign turned, and its last bits disturbed at times; or one far below it or above.</summary>
    private ulong NearProduct(FloatFormat format, ulong a, ulong b)
    {
        FloatExceptions ignored = FloatExceptions.None;
        ulong product = SseArithmetic.Multiply(format, a, b, Masks, ref ignored) ^ format.SignBit;
        switch (random.Next(4))
        {
            case 0:
                return product;
            case 1:
                return (product + (ulong)random.Next(-3, 4)) & (format.SignBit | (format.SignBit - 1));
            default:
                int exponent = Math.Clamp(format.BiasedExponent(product) + random.Next(-2 * format.FractionBits - 4, (2 * format.FractionBits) + 4), 0, format.MaximumExponent - 1);
                return ((ulong)exponent << format.FractionBits) | (Operand(format) & (format.FractionMask | format.SignBit));
        }
    }
}
