using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Ciphers;

/// <summary>The steps of AES (FIPS 197, section 5) on a state of 16 bytes, column after column, without the round key.</summary>
internal static class AesRounds
{
    private static readonly byte[] Substitution = MakeSubstitution();
    private static readonly byte[] InverseSubstitution = MakeInverse(Substitution);

    /// <summary>ShiftRows, SubBytes, MixColumns.</summary>
    public static Vector128<byte> Encrypt(Vector128<byte> state) => Mix(EncryptLast(state), [2, 3, 1, 1]);

    /// <summary>ShiftRows, SubBytes.</summary>
    public static Vector128<byte> EncryptLast(Vector128<byte> state) => Substitute(ShiftRows(state, 1), Substitution);

    /// <summary>InvShiftRows, InvSubBytes, InvMixColumns.</summary>
    public static Vector128<byte> Decrypt(Vector128<byte> state) => InverseMix(DecryptLast(state));

    /// <summary>InvShiftRows, InvSubBytes.</summary>
    public static Vector128<byte> DecryptLast(Vector128<byte> state) => Substitute(ShiftRows(state, 3), InverseSubstitution);

    /// <summary>InvMixColumns.</summary>
    public static Vector128<byte> InverseMix(Vector128<byte> state) => Mix(state, [14, 11, 13, 9]);

    /// <summary>SubWord and RotWord of the doublewords 1 and 3, with a round constant (SDM volume 2, AESKEYGENASSIST).</summary>
    public static Vector128<byte> KeyAssist(Vector128<byte> key, byte constant)
    {
        Vector128<uint> words = Substitute(key, Substitution).AsUInt32();
        uint x1 = words[1];
        uint x3 = words[3];
        return Vector128.Create(x1, uint.RotateRight(x1, 8) ^ constant, x3, uint.RotateRight(x3, 8) ^ constant).AsByte();
    }

    /// <summary>Row r moves left by <paramref name="step"/> times r; three steps undo one.</summary>
    private static Vector128<byte> ShiftRows(Vector128<byte> state, int step)
    {
        Span<byte> result = stackalloc byte[16];
        for (int i = 0; i < 16; i++)
            result[i] = state[(i + (4 * step * (i & 3))) & 15];
        return Vector128.Create<byte>(result);
    }

    private static Vector128<byte> Substitute(Vector128<byte> state, byte[] table)
    {
        Span<byte> result = stackalloc byte[16];
        for (int i = 0; i < 16; i++)
            result[i] = table[state[i]];
        return Vector128.Create<byte>(result);
    }

    /// <summary>Multiplies each column with a polynomial, given from the coefficient that row 0 has on itself.</summary>
    private static Vector128<byte> Mix(Vector128<byte> state, ReadOnlySpan<byte> factors)
    {
        Span<byte> result = stackalloc byte[16];
        for (int i = 0; i < 16; i++)
        {
            int sum = 0;
            for (int k = 0; k < 4; k++)
                sum ^= Multiply(state[(i & 12) | ((i + k) & 3)], factors[k]);
            result[i] = (byte)sum;
        }

        return Vector128.Create<byte>(result);
    }

    /// <summary>A product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2).</summary>
    private static byte Multiply(byte a, byte b)
    {
        int product = 0;
        int factor = a;
        for (int bits = b; bits != 0; bits >>= 1)
        {
            if ((bits & 1) != 0)
                product ^= factor;
            factor = (factor << 1) ^ ((factor & 0x80) != 0 ? 0x11B : 0);
        }

        return (byte)product;
    }

    /// <summary>The S-box: the inverse in the field, then an affine map (FIPS 197, 5.1.1).</summary>
    private static byte[] MakeSubstitution()
    {
        byte[] table = new byte[256];
        for (int i = 0; i < 256; i++)
        {
            byte inverse = 0;
            for (int k = 1; k < 256 && inverse == 0; k++)
            {
                if (Multiply((byte)i, (byte)k) == 1)
                    inverse = (byte)k;
            }

            int value = 0x63;
            for (int turn = 0; turn < 5; turn++)
                value ^= (byte)((inverse << turn) | (inverse >> (8 - turn)));
            table[i] = (byte)value;
        }

        return table;
    }

    private static byte[] MakeInverse(byte[] table)
    {
        byte[] inverse = new byte[256];
        for (int i = 0; i < 256; i++)
            inverse[table[i]] = (byte)i;
        return inverse;
    }
}
