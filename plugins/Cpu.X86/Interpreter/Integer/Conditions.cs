using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>The sixteen conditions, as type arguments.</summary>
internal static unsafe class Conditions
{
    /// <summary>OF.</summary>
    internal readonly struct Overflow : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => Flags.GetOverflow(s);
    }

    /// <summary>not OF.</summary>
    internal readonly struct NotOverflow : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => !Flags.GetOverflow(s);
    }

    /// <summary>CF.</summary>
    internal readonly struct Below : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => Flags.GetCarry(s);
    }

    /// <summary>not CF.</summary>
    internal readonly struct AboveOrEqual : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => !Flags.GetCarry(s);
    }

    /// <summary>ZF.</summary>
    internal readonly struct Equal : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => Flags.GetZero(s);
    }

    /// <summary>not ZF.</summary>
    internal readonly struct NotEqual : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => !Flags.GetZero(s);
    }

    /// <summary>CF or ZF.</summary>
    internal readonly struct BelowOrEqual : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => Flags.GetCarry(s) || Flags.GetZero(s);
    }

    /// <summary>neither CF nor ZF.</summary>
    internal readonly struct Above : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => !Flags.GetCarry(s) && !Flags.GetZero(s);
    }

    /// <summary>SF.</summary>
    internal readonly struct Sign : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => Flags.GetSign(s);
    }

    /// <summary>not SF.</summary>
    internal readonly struct NotSign : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => !Flags.GetSign(s);
    }

    /// <summary>PF.</summary>
    internal readonly struct Parity : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => Flags.GetParity(s);
    }

    /// <summary>not PF.</summary>
    internal readonly struct NotParity : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => !Flags.GetParity(s);
    }

    /// <summary>SF differs from OF.</summary>
    internal readonly struct Less : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => Flags.GetLess(s);
    }

    /// <summary>SF equals OF.</summary>
    internal readonly struct GreaterOrEqual : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => !Flags.GetLess(s);
    }

    /// <summary>ZF, or SF differs from OF.</summary>
    internal readonly struct LessOrEqual : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => Flags.GetZero(s) || Flags.GetLess(s);
    }

    /// <summary>not ZF, and SF equals OF.</summary>
    internal readonly struct Greater : ICondition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test(CoreState* s) => !Flags.GetZero(s) && !Flags.GetLess(s);
    }
}
