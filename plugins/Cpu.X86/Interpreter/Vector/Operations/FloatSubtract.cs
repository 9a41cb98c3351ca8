using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>SUBPS and its kin.</summary>
internal readonly struct FloatSubtract : IFloatArithmetic
{
    public static bool TakesZeros => true;

    public static uint Do(uint a, uint b, uint mxcsr, ref FloatExceptions raised) => SseSingle.Subtract(a, b, mxcsr, ref raised);

    public static ulong Do(ulong a, ulong b, uint mxcsr, ref FloatExceptions raised) => SseDouble.Subtract(a, b, mxcsr, ref raised);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Host(Vector128<float> a, Vector128<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Host(Vector128<double> a, Vector128<double> b) => a - b;
}
