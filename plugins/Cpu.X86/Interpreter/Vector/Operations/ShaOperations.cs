using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>The SHA extensions (SDM volume 2, SHA1RNDS4 and its kin; the functions are those of FIPS 180-4, section 4.1). SHA256RNDS2, which reads XMM0 too, has a handler of its own.</summary>
internal static class ShaOperations
{
    /// <summary>Four rounds of SHA-1; the immediate byte chooses function and constant.</summary>
    public readonly struct Sha1FourRounds : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> destination, Vector128<byte> source, int immediate)
        {
            Vector128<uint> state = destination.AsUInt32();
            Vector128<uint> words = source.AsUInt32();
            uint a = state[3];
            uint b = state[2];
            uint c = state[1];
            uint d = state[0];
            uint e = 0;
            uint constant = (immediate & 3) switch
            {
                0 => 0x5A82_7999,
                1 => 0x6ED9_EBA1,
                2 => 0x8F1B_BCDC,
                _ => 0xCA62_C1D6,
            };
            for (int i = 3; i >= 0; i--)
            {
                uint f = (immediate & 3) switch
                {
                    0 => (b & c) ^ (~b & d),
                    2 => (b & c) ^ (b & d) ^ (c & d),
                    _ => b ^ c ^ d,
                };

                // E of the first round is in the first word already (SHA1NEXTE puts it there).
                uint next = f + uint.RotateLeft(a, 5) + words[i] + e + constant;
                e = d;
                d = c;
                c = uint.RotateLeft(b, 30);
                b = a;
                a = next;
            }

            return Vector128.Create(d, c, b, a).AsByte();
        }
    }

    public readonly struct Sha1NextE : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> destination, Vector128<byte> source, int immediate)
        {
            Vector128<uint> words = source.AsUInt32();
            return words.WithElement(3, words[3] + uint.RotateLeft(destination.AsUInt32()[3], 30)).AsByte();
        }
    }

    public readonly struct Sha1Message1 : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> destination, Vector128<byte> source, int immediate)
        {
            Vector128<uint> a = destination.AsUInt32();
            Vector128<uint> b = source.AsUInt32();
            return (a ^ Vector128.Create(b[2], b[3], a[0], a[1])).AsByte();
        }
    }

    public readonly struct Sha1Message2 : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> destination, Vector128<byte> source, int immediate)
        {
            Vector128<uint> a = destination.AsUInt32();
            Vector128<uint> b = source.AsUInt32();
            uint w16 = uint.RotateLeft(a[3] ^ b[2], 1);
            uint w17 = uint.RotateLeft(a[2] ^ b[1], 1);
            uint w18 = uint.RotateLeft(a[1] ^ b[0], 1);
            uint w19 = uint.RotateLeft(a[0] ^ w16, 1);
            return Vector128.Create(w19, w18, w17, w16).AsByte();
        }
    }

    public readonly struct Sha256Message1 : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> destination, Vector128<byte> source, int immediate)
        {
            Vector128<uint> a = destination.AsUInt32();
            Vector128<uint> next = Vector128.Create(a[1], a[2], a[3], source.AsUInt32()[0]);
            return (a + Vector128.Create(Small0(next[0]), Small0(next[1]), Small0(next[2]), Small0(next[3]))).AsByte();
        }
    }

    public readonly struct Sha256Message2 : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> destination, Vector128<byte> source, int immediate)
        {
            Vector128<uint> a = destination.AsUInt32();
            Vector128<uint> b = source.AsUInt32();
            uint w16 = a[0] + Small1(b[2]);
            uint w17 = a[1] + Small1(b[3]);
            uint w18 = a[2] + Small1(w16);
            uint w19 = a[3] + Small1(w17);
            return Vector128.Create(w16, w17, w18, w19).AsByte();
        }
    }

    /// <summary>Two rounds of SHA-256.</summary>
    /// <param name="destination">C, D, G, H, from the top.</param>
    /// <param name="source">A, B, E, F, from the top.</param>
    /// <param name="words">The sums of message words and round constants, in the low half.</param>
    /// <returns>A, B, E, F after the rounds.</returns>
    public static Vector128<byte> Sha256TwoRounds(Vector128<byte> destination, Vector128<byte> source, Vector128<byte> words)
    {
        Vector128<uint> low = destination.AsUInt32();
        Vector128<uint> high = source.AsUInt32();
        uint a = high[3];
        uint b = high[2];
        uint c = low[3];
        uint d = low[2];
        uint e = high[1];
        uint f = high[0];
        uint g = low[1];
        uint h = low[0];
        for (int i = 0; i < 2; i++)
        {
            uint sum1 = uint.RotateRight(e, 6) ^ uint.RotateRight(e, 11) ^ uint.RotateRight(e, 25);
            uint sum0 = uint.RotateRight(a, 2) ^ uint.RotateRight(a, 13) ^ uint.RotateRight(a, 22);
            uint first = h + sum1 + ((e & f) ^ (~e & g)) + words.AsUInt32()[i];
            uint second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + first;
            d = c;
            c = b;
            b = a;
            a = first + second;
        }

        return Vector128.Create(f, e, b, a).AsByte();
    }

    private static uint Small0(uint x) => uint.RotateRight(x, 7) ^ uint.RotateRight(x, 18) ^ (x >> 3);

    private static uint Small1(uint x) => uint.RotateRight(x, 17) ^ uint.RotateRight(x, 19) ^ (x >> 10);
}
