using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.FloatingPoint.Sse;

/// <summary>Runs an operation here and on the host, with every rounding mode, DAZ, FZ, and the precision flag clear and set;
/// fails on the first difference in the result or in MXCSR.</summary>
internal static class SseOracle
{
    private const int RandomCases = 150_000;
    private const uint AllMasked = 0x1F80;

    private static readonly uint[] ControlWords =
    [
        .. from rounding in (uint[])[0, 1, 2, 3]
           from daz in (uint[])[0, 1 << 6]
           from flush in (uint[])[0, 1 << 15]
           from precision in (uint[])[0, 1 << 5]
           select AllMasked | (rounding << 13) | daz | flush | precision,
    ];

    public static void Check(
        string name, FloatFormat format, Action<Assembler> emit, SseOperation operation, bool resultIsInteger = false, int resultBits = 0)
    {
        using HostSse host = new(emit);
        ulong mask = resultBits == 32 || (resultBits == 0 && format.FractionBits == 23) ? uint.MaxValue : ulong.MaxValue;
        ulong[] edges = Edges(format);
        foreach (ulong left in edges)
        {
            foreach (ulong right in edges)
            {
                foreach (uint mxcsr in ControlWords)
                    CheckOne(name, host, mask, mxcsr, left, right, operation, resultIsInteger);
            }
        }

        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < RandomCases; i++)
        {
            ulong left = RandomBits(random, format, edges);
            ulong right = random.Next(4) == 0
                ? left ^ (1UL << random.Next(format.FractionBits + 1))
                : RandomBits(random, format, edges);
            uint mxcsr = random.Next(2) == 0 ? AllMasked : ControlWords[random.Next(ControlWords.Length)];
            CheckOne($"{name} (seed {seed})", host, mask, mxcsr, left, right, operation, resultIsInteger);
        }
    }

    private static void CheckOne(
        string name, HostSse host, ulong mask, uint mxcsr, ulong left, ulong right, SseOperation operation, bool resultIsInteger)
    {
        FloatExceptions raised = FloatExceptions.None;
        ulong result = operation(left, right, mxcsr, ref raised) & mask;
        uint actual = mxcsr;
        bool faults = SseControl.Commit(ref actual, raised);
        uint expected = mxcsr;
        ulong value = host.Run(ref expected, left, right, out ulong integer);
        if (resultIsInteger)
            value = integer;
        value &= mask;
        if (value == result && actual == expected && !faults)
            return;
        Assert.Fail(
            $"{name} MXCSR {mxcsr:X4} {left:X} {right:X}: host {value:X} {expected:X4}, here {result:X} {actual:X4}");
    }

    private static ulong[] Edges(FloatFormat format)
    {
        ulong one = (ulong)format.Bias << format.FractionBits;
        ulong unit = 1UL << format.FractionBits;
        ulong[] positive =
        [
            0, 1, 2, unit >> 1, format.FractionMask, unit, unit + 1, 2 * unit, 2 * unit - 1, 3 * unit, one - unit, one - unit + 1,
            one - 1, one, one + 1, one + (unit >> 1), one + unit, one + unit + (unit >> 2), one + 31 * unit, one + 31 * unit - 1,
            one + 30 * unit + (unit - 1), one + 62 * unit, one + 63 * unit, one + 63 * unit - 1,
            one + (ulong)format.FractionBits * unit, one + (ulong)(format.FractionBits - 1) * unit + 1,
            format.InfinityBits - unit, format.InfinityBits - 1, format.InfinityBits, format.InfinityBits | 1,
            format.InfinityBits | format.QuietBit, format.InfinityBits | format.QuietBit | 5,
            ((ulong)(1023 - 127 + 1) << 52) - 1 & (format.InfinityBits | format.FractionMask),
            (ulong)(1023 - 126) << 52 & (format.InfinityBits | format.FractionMask),
            ((ulong)(1023 - 149) << 52) + 1 & (format.InfinityBits | format.FractionMask),
        ];
        return [.. positive, .. positive.Select(bits => bits | format.SignBit)];
    }

    private static ulong RandomBits(Random random, FloatFormat format, ulong[] edges)
    {
        int kind = random.Next(16);
        if (kind == 0)
            return edges[random.Next(edges.Length)];
        ulong fraction = (Operands.RandomSignificand(random) << 1) >> (64 - format.FractionBits);
        int exponent = kind switch
        {
            1 => 0,
            2 => random.Next(format.MaximumExponent + 1),
            3 => random.Next(1, 60),
            4 => format.MaximumExponent - random.Next(4),
            5 => format.Bias / 2 + random.Next(-4, 5),
            _ => format.Bias + random.Next(-format.FractionBits - 12, format.FractionBits + 13),
        };
        return ((ulong)exponent << format.FractionBits) | fraction | format.Zero(random.Next(2) != 0);
    }
}
