using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

/// <summary>Operands that find mistakes: the edges of the format, and random values that stay near them.</summary>
internal static class Operands
{
    private static readonly ulong[] Significands =
    [
        0x8000_0000_0000_0000, 0x8000_0000_0000_0001, 0xFFFF_FFFF_FFFF_FFFF, 0xC000_0000_0000_0000, 0xC000_0000_0000_0001,
        0xFFFF_FFFF_FFFF_F800, 0xFFFF_FFFF_FFFF_FC00, 0xFFFF_FF00_0000_0000, 0xFFFF_FF80_0000_0000, 0xAAAA_AAAA_AAAA_AAAB,
        0xA000_0000_0000_0000, 0x8000_0000_0000_0400, 0x8000_0080_0000_0000, 0xB504_F333_F9DE_6484,
    ];

    private static readonly int[] Exponents =
    [
        0, 1, 2, 64, 0x3FFF - 1075, 0x3FFF - 150, 0x3FFE - 64, 0x3FFD, 0x3FFE, 0x3FFF, 0x4000, 0x3FFF + 15, 0x3FFF + 31,
        0x3FFF + 62, 0x3FFF + 63, 0x3FFF + 64, 0x3FFF + 127, 0x3FFF + 1023, 0x7FFD, 0x7FFE,
    ];

    /// <summary>Every kind of operand there is, about seventy.</summary>
    public static Float80[] Edges { get; } = MakeEdges();

    /// <summary>The significands at every exponent above, and the edges: for instructions with one operand.</summary>
    public static Float80[] Grid { get; } = MakeGrid();

    /// <summary>The four rounding controls with the precision controls, the reserved one too, all exceptions masked and none.</summary>
    public static ushort[] ControlWords { get; } = MakeControlWords();

    public static ushort RandomControlWord(Random random)
    {
        ushort word = ControlWords[random.Next(ControlWords.Length)];
        return random.Next(4) == 0 ? (ushort)((word & ~0x3F) | random.Next(64)) : word;
    }

    /// <summary>A random operand: any class, exponents mostly close to 1 or to <paramref name="near"/>.</summary>
    public static Float80 Random(Random random, int near = 0x3FFF)
    {
        int kind = random.Next(32);
        if (kind == 0)
            return Edges[random.Next(Edges.Length)];
        ulong significand = RandomSignificand(random);
        int exponent = kind switch
        {
            1 => random.Next(0x8000),
            2 => random.Next(70),
            3 => 0x7FFF - random.Next(70),
            4 => 0,
            < 12 => 0x3FFF + random.Next(-130, 131),
            _ => Math.Clamp(near + random.Next(-66, 67), 1, 0x7FFE),
        };
        if (kind == 4)
            significand >>= random.Next(64);
        return new Float80(random.Next(2) != 0, exponent, significand);
    }

    public static ulong RandomSignificand(Random random)
    {
        ulong significand = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        significand = random.Next(6) switch
        {
            0 => significand << random.Next(64),
            1 => ulong.MaxValue << random.Next(64),
            2 => (ulong.MaxValue << random.Next(64)) ^ (1UL << random.Next(64)) ^ (1UL << random.Next(64)),
            3 => (1UL << random.Next(64)) | (1UL << random.Next(64)),
            _ => significand,
        };
        return significand | 0x8000_0000_0000_0000;
    }

    /// <summary>Random bits of a memory operand of 32 or 64 bits, of every class.</summary>
    public static ulong RandomMemory(Random random, int width)
    {
        ulong bits = RandomSignificand(random);
        if (random.Next(2) == 0)
            bits = (ulong)random.NextInt64();
        FloatFormat format = width == 32 ? FloatFormat.Single : FloatFormat.Double;
        bits >>= 64 - width;
        return random.Next(6) switch
        {
            0 => bits & (format.SignBit | format.FractionMask),
            1 => bits | format.InfinityBits,
            2 => bits & (format.SignBit | format.InfinityBits),
            3 => bits >> random.Next(width),
            _ => bits ^ (random.Next(2) == 0 ? format.SignBit : 0),
        };
    }

    private static Float80[] MakeEdges()
    {
        List<Float80> values = [];
        foreach (int sign in (int[])[0, 0x8000])
        {
            void Put(int exponent, ulong significand) => values.Add(new Float80(significand, (ushort)(sign | exponent)));
            Put(0, 0);
            Put(0, 1);
            Put(0, 0x7FFF_FFFF_FFFF_FFFF);
            Put(0, 0x4000_0000_0000_0000);
            Put(0, 0x8000_0000_0000_0000);
            Put(0, 0x8000_0000_0000_0001);
            Put(0, 0xFFFF_FFFF_FFFF_FFFF);
            Put(1, 0x8000_0000_0000_0000);
            Put(1, 0xFFFF_FFFF_FFFF_FFFF);
            Put(1, 0x4000_0000_0000_0000);
            Put(2, 0x8000_0000_0000_0001);
            Put(0x3FFF, 0x0000_0000_0000_0000);
            Put(0x3FFF, 0x7FFF_FFFF_FFFF_FFFF);
            Put(0x3FBE, 0xFFFF_FFFF_FFFF_FFFF);
            Put(0x3FBF, 0x8000_0000_0000_0000);
            Put(0x3FBF, 0x8000_0000_0000_0001);
            Put(0x3FFE, 0x8000_0000_0000_0000);
            Put(0x3FFE, 0xFFFF_FFFF_FFFF_FFFF);
            Put(0x3FFF, 0x8000_0000_0000_0000);
            Put(0x3FFF, 0x8000_0000_0000_0001);
            Put(0x3FFF, 0xC000_0000_0000_0000);
            Put(0x3FFF, 0xFFFF_FFFF_FFFF_FFFF);
            Put(0x4000, 0x8000_0000_0000_0000);
            Put(0x4000, 0xA000_0000_0000_0000);
            Put(0x4000, 0xC90F_DAA2_2168_C235);
            Put(0x403D, 0xFFFF_FFFF_FFFF_FFFF);
            Put(0x403E, 0x8000_0000_0000_0000);
            Put(0x403F, 0x8000_0000_0000_0001);
            Put(0x5FFF, 0xAAAA_AAAA_AAAA_AAAB);
            Put(0x7FFE, 0x8000_0000_0000_0000);
            Put(0x7FFE, 0xFFFF_FFFF_FFFF_FFFF);
            Put(0x7FFF, 0x8000_0000_0000_0000);
            Put(0x7FFF, 0x0000_0000_0000_0000);
            Put(0x7FFF, 0x4000_0000_0000_0000);
            Put(0x7FFF, 0x8000_0000_0000_0001);
            Put(0x7FFF, 0xBFFF_FFFF_FFFF_FFFF);
            Put(0x7FFF, 0xC000_0000_0000_0000);
            Put(0x7FFF, 0xC000_0000_0000_0001);
            Put(0x7FFF, 0xFFFF_FFFF_FFFF_FFFF);
        }

        return [.. values];
    }

    private static Float80[] MakeGrid() =>
    [
        .. Edges,
        .. from exponent in Exponents
           from significand in Significands
           from sign in (int[])[0, 0x8000]
           select new Float80(significand, (ushort)(sign | exponent)),
    ];

    private static ushort[] MakeControlWords() =>
    [
        .. from masks in (int[])[0x3F, 0x00]
           from rounding in Enumerable.Range(0, 4)
           from precision in (int[])[3, 2, 1, 0]
           select (ushort)(0x40 | masks | (precision << 8) | (rounding << 10)),
    ];
}
