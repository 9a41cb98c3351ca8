using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86;

/// <summary>
/// The status flags, kept as what they are computed from. An instruction stores its sign-extended result and its carries; a flag is worked out when something reads it.
/// <para><see cref="CoreState.FlagResult"/>: ZF is "it is zero", SF its bit 63, PF the parity of its low byte.</para>
/// <para><see cref="CoreState.FlagAux"/>: bit 63 is CF; bit 62 is the carry into the sign bit, so that OF is bit 63 xor bit 62; bit 3 is AF; bits 8–15 are xored into the byte that PF is taken from and bit 16 into SF, which lets any combination of flags be written.</para>
/// </summary>
internal static unsafe class Flags
{
    public const ulong Carry = 1 << 0;
    public const ulong Fixed = 1 << 1;
    public const ulong Parity = 1 << 2;
    public const ulong Adjust = 1 << 4;
    public const ulong Zero = 1 << 6;
    public const ulong Sign = 1 << 7;
    public const ulong Trap = 1 << 8;
    public const ulong Interrupt = 1 << 9;
    public const ulong Direction = 1 << 10;
    public const ulong Overflow = 1 << 11;
    public const ulong IoPrivilege = 3 << 12;
    public const ulong NestedTask = 1 << 14;
    public const ulong Resume = 1 << 16;
    public const ulong Virtual8086 = 1 << 17;
    public const ulong AlignmentCheck = 1 << 18;
    public const ulong VirtualInterrupt = 1 << 19;
    public const ulong VirtualInterruptPending = 1 << 20;
    public const ulong Identification = 1 << 21;

    /// <summary>The six status flags.</summary>
    public const ulong Status = Carry | Parity | Adjust | Zero | Sign | Overflow;

    private const ulong AuxMask = 0xC000_0000_0000_0000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GetCarry(CoreState* s) => (long)s->FlagAux < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CarryBit(CoreState* s) => s->FlagAux >> 63;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GetOverflow(CoreState* s) => (long)(s->FlagAux ^ (s->FlagAux << 1)) < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GetZero(CoreState* s) => s->FlagResult == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GetSign(CoreState* s) => (long)(s->FlagResult ^ (s->FlagAux << 47)) < 0;

    /// <summary>SF differs from OF: "less" of signed comparisons.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GetLess(CoreState* s) => (long)(s->FlagResult ^ (s->FlagAux << 47) ^ s->FlagAux ^ (s->FlagAux << 1)) < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GetParity(CoreState* s) => (BitOperations.PopCount((uint)(s->FlagResult ^ (s->FlagAux >> 8)) & 0xFF) & 1) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GetAdjust(CoreState* s) => (s->FlagAux & 8) != 0;

    /// <summary>The flags of <c>result = a + b (+ carry)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetAdd<T>(CoreState* s, T a, T b, T result)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        ulong carries = ulong.CreateTruncating((a & b) | ((a | b) & ~result));
        s->FlagResult = SignExtend(result);
        s->FlagAux = ((carries << (64 - (8 * sizeof(T)))) & AuxMask) | (carries & 8);
    }

    /// <summary>The flags of <c>result = a - b (- borrow)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetSubtract<T>(CoreState* s, T a, T b, T result)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        ulong borrows = ulong.CreateTruncating((~a & b) | (~(a ^ b) & result));
        s->FlagResult = SignExtend(result);
        s->FlagAux = ((borrows << (64 - (8 * sizeof(T)))) & AuxMask) | (borrows & 8);
    }

    /// <summary>The flags of AND, OR, XOR and TEST: CF and OF clear; AF, which is undefined, clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetLogic<T>(CoreState* s, T result)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        s->FlagResult = SignExtend(result);
        s->FlagAux = 0;
    }

    /// <summary>The flags of INC and DEC: like an addition of 1 or -1 but CF stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetKeepingCarry<T>(CoreState* s, T result, bool overflow, bool adjust)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        bool carry = GetCarry(s);
        s->FlagResult = SignExtend(result);
        s->FlagAux = Pack(carry, overflow) | (adjust ? 8UL : 0);
    }

    /// <summary>ZF, SF and PF from a result, CF and OF as given, AF clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetResult<T>(CoreState* s, T result, bool carry, bool overflow)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        s->FlagResult = SignExtend(result);
        s->FlagAux = Pack(carry, overflow);
    }

    /// <summary>CF and OF as given; the other four stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetCarryOverflow(CoreState* s, bool carry, bool overflow) =>
        s->FlagAux = (s->FlagAux & ~AuxMask) | Pack(carry, overflow);

    /// <summary>CF as given; the other five stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetCarry(CoreState* s, bool carry)
    {
        if (GetCarry(s) != carry)
            s->FlagAux ^= AuxMask;
    }

    /// <summary>ZF as given; the other five stay.</summary>
    public static void SetZero(CoreState* s, bool zero) =>
        SetStatus(s, (GetStatus(s) & ~Zero) | (zero ? Zero : 0));

    /// <summary>The six status flags in their places in RFLAGS.</summary>
    public static ulong GetStatus(CoreState* s) =>
        (GetCarry(s) ? Carry : 0)
        | (GetParity(s) ? Parity : 0)
        | (GetAdjust(s) ? Adjust : 0)
        | (GetZero(s) ? Zero : 0)
        | (GetSign(s) ? Sign : 0)
        | (GetOverflow(s) ? Overflow : 0);

    /// <summary>Writes the six status flags.</summary>
    public static void SetStatus(CoreState* s, ulong flags)
    {
        bool zero = (flags & Zero) != 0;
        bool parity = (flags & Parity) != 0;
        s->FlagResult = zero ? 0UL : 1UL;

        // A result of 0 has even parity and one of 1 odd: a flip makes the other.
        ulong flip = parity == zero ? 0UL : 1UL << 8;
        s->FlagAux = Pack((flags & Carry) != 0, (flags & Overflow) != 0)
            | ((flags & Adjust) != 0 ? 8UL : 0)
            | ((flags & Sign) != 0 ? 1UL << 16 : 0)
            | flip;
    }

    /// <summary>RFLAGS whole.</summary>
    public static ulong Get(CoreState* s) => (s->Arch.Rflags & ~Status) | GetStatus(s) | Fixed;

    /// <summary>Writes RFLAGS whole. The caller deals with what else hangs on TF, IF, AC and VM.</summary>
    public static void Set(CoreState* s, ulong value)
    {
        s->Arch.Rflags = value | Fixed;
        SetStatus(s, value);
    }

    /// <summary>A result as <see cref="CoreState.FlagResult"/> wants it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SignExtend<T>(T value)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (typeof(T) == typeof(byte))
            return (ulong)(sbyte)byte.CreateTruncating(value);
        if (typeof(T) == typeof(ushort))
            return (ulong)(short)ushort.CreateTruncating(value);
        if (typeof(T) == typeof(uint))
            return (ulong)(int)uint.CreateTruncating(value);
        return ulong.CreateTruncating(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pack(bool carry, bool overflow) =>
        (carry ? 1UL << 63 : 0) | (carry != overflow ? 1UL << 62 : 0);
}
