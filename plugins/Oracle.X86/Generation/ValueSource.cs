namespace Dominion.Oracle.X86.Generation;

/// <summary>Values for registers and memory, most of them at the edges of what instructions do: integers at the limits of widths, floating-point numbers at the boundaries of denormals and overflow, halfway between two others, and NaNs of every kind.</summary>
internal sealed class ValueSource(CaseRandom random)
{
    private static readonly ulong[] Integers =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue, 0x0101_0101_0101_0101, 0xFFFF_FFFF_0000_0000,
    ];

    /// <summary>Magnitudes: zero, denormals, the least and the greatest normals, one, infinity, NaNs, the limits of integers.</summary>
    private static readonly uint[] Singles =
    [
        0, 1, 0x0040_0000, 0x007F_FFFF, 0x0080_0000, 0x0080_0001, 0x0100_0000, 0x3F80_0000, 0x3F80_0001, 0x3F7F_FFFF, 0x4000_0000, 0x3F00_0000, 0x3FC0_0000,
        0x7F7F_FFFF, 0x7F80_0000, 0x7FC0_0000, 0x7F80_0001, 0x7FC0_1234, 0x7FFF_FFFF, 0x4F00_0000, 0x4EFF_FFFF, 0x5F00_0000, 0x5EFF_FFFF, 0x4B00_0001, 0x4B80_0000,
        0x3300_0000, 0x3380_0000, 0x3880_0000, 0x387F_C000, 0x477F_F000, 0x477F_EFFF, 0x3300_0001,
    ];

    private static readonly ulong[] Doubles =
    [
        0, 1, 0x0008_0000_0000_0000, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x0010_0000_0000_0001, 0x3FF0_0000_0000_0000, 0x3FF0_0000_0000_0001, 0x3FEF_FFFF_FFFF_FFFF,
        0x3FE0_0000_0000_0000, 0x3FF8_0000_0000_0000, 0x4000_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FF0_0000_0000_0001,
        0x7FF8_0000_1234_5678, 0x41DF_FFFF_FFC0_0000, 0x41E0_0000_0000_0000, 0x41DF_FFFF_FFE0_0000, 0x43E0_0000_0000_0000, 0x43DF_FFFF_FFFF_FFFF, 0x4330_0000_0000_0001, 0x3CA0_0000_0000_0000,
        0x3CB0_0000_0000_0000, 0x3810_0000_0000_0000, 0x380F_FFFF_F000_0000, 0x36A0_0000_0000_0000, 0x3690_0000_0000_0001, 0x47EF_FFFF_E000_0000, 0x47EF_FFFF_F000_0000, 0x3FF0_0000_1000_0000,
    ];

    private static readonly ulong[] Significands =
    [
        0x8000_0000_0000_0000, 0x8000_0000_0000_0001, 0xFFFF_FFFF_FFFF_FFFF, 0xC000_0000_0000_0000, 0x8000_0000_0000_0400, 0x8000_0000_0000_0401, 0x8000_0080_0000_0000,
        0x8000_00FF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FC00, 0xFFFF_FF80_0000_0000, 0, 1, 0x4000_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0xC90F_DAA2_2168_C235,
    ];

    private static readonly ushort[] Exponents =
        [0, 1, 2, 0x3F6A, 0x3F80, 0x3F81, 0x3FBE, 0x3FBF, 0x3FC0, 0x3FFD, 0x3FFE, 0x3FFF, 0x4000, 0x400D, 0x400E, 0x401D, 0x401E, 0x403C, 0x403D, 0x403E, 0x403F, 0x407E, 0x43FE, 0x7FFD, 0x7FFE, 0x7FFF, 0x3C01, 0x3BCD];

    /// <summary>An integer of 64 bits.</summary>
    public ulong Integer() => random.Next(4) switch
    {
        0 => Integers[random.Next(Integers.Length)],
        1 => (ulong)random.Next(-100, 100),
        2 => random.Next() >> random.Next(64),
        _ => random.Next(),
    };

    /// <summary>64 bits of a vector: two single-precision numbers, a double-precision one, or integers.</summary>
    public ulong Element() => random.Next(9) switch
    {
        0 or 1 or 2 => Single() | ((ulong)Single() << 32),
        3 or 4 or 5 => Double(),
        6 => random.Next() & 0x0303_0303_0303_0303,
        7 => Half() | (Half() << 16) | (Half() << 32) | (Half() << 48),
        _ => Integer(),
    };

    /// <summary>A number in single precision.</summary>
    public uint Single()
    {
        uint sign = (uint)random.Next(2) << 31;
        return sign | random.Next(8) switch
        {
            0 or 1 => Singles[random.Next(Singles.Length)],
            2 => Singles[random.Next(Singles.Length)] ^ (1u << random.Next(23)),
            3 => (uint)random.Next(1, 4) << 23 | Fraction(23),
            4 => (uint)random.Next(251, 255) << 23 | Fraction(23),
            5 => Fraction(23),
            6 => (uint)random.Next() & 0x7FFF_FFFF,
            _ => (uint)(127 + random.Next(-30, 66)) << 23 | Fraction(23),
        };
    }

    /// <summary>A number in double precision.</summary>
    public ulong Double()
    {
        ulong sign = (ulong)random.Next(2) << 63;
        return sign | random.Next(8) switch
        {
            0 or 1 => Doubles[random.Next(Doubles.Length)],
            2 => Doubles[random.Next(Doubles.Length)] ^ (1UL << random.Next(52)),
            3 => (ulong)random.Next(1, 4) << 52 | WideFraction(52),
            4 => (ulong)random.Next(2043, 2047) << 52 | WideFraction(52),
            5 => (ulong)(1023 + random.Next(-150, 130)) << 52 | WideFraction(29) << 23,
            6 => random.Next() & 0x7FFF_FFFF_FFFF_FFFF,
            _ => (ulong)(1023 + random.Next(-60, 66)) << 52 | WideFraction(52),
        };
    }

    /// <summary>A number in the extended format: significand, then sign and exponent.</summary>
    public (ulong Significand, ushort SignExponent) Extended()
    {
        int sign = random.Next(2) << 15;
        switch (random.Next(8))
        {
            case 0:
                return (Significands[random.Next(Significands.Length)], (ushort)(sign | Exponents[random.Next(Exponents.Length)]));
            case 1:
                return (random.Next(), (ushort)(sign | Exponents[random.Next(Exponents.Length)]));
            case 2:
                return (random.Next() | (1UL << 63), (ushort)(sign | random.Next(0x8000)));
            case 3:
                return (random.Next(), (ushort)(random.Next() & 0xFFFF));
            case 4:
                ulong integer = (random.Next() >> random.Next(63)) | 1;
                int shift = System.Numerics.BitOperations.LeadingZeroCount(integer);
                return (integer << shift, (ushort)(sign | (0x3FFF + 63 - shift - random.Next(2))));
            default:
                return (Significands[random.Next(5)] | (WideFraction(63)), (ushort)(sign | (0x3FFF + random.Next(-70, 70))));
        }
    }

    private ulong Half() => random.Next(3) == 0 ? random.Next() & 0xFFFF : random.Pick<ulong>([0, 1, 0x3FF, 0x400, 0x3C00, 0x3C01, 0x7BFF, 0x7C00, 0x7C01, 0x7E00, 0x8001, 0xFBFF]);

    private uint Fraction(int bits) => (uint)WideFraction(bits);

    /// <summary>Few bits set, few bits clear, or any.</summary>
    private ulong WideFraction(int bits)
    {
        ulong mask = (1UL << bits) - 1;
        return mask & random.Next(5) switch
        {
            0 => 1UL << random.Next(bits),
            1 => ~(1UL << random.Next(bits)),
            2 => (1UL << random.Next(bits)) | (1UL << random.Next(bits)) | 1,
            3 => ulong.MaxValue << random.Next(bits),
            _ => random.Next(),
        };
    }
}
