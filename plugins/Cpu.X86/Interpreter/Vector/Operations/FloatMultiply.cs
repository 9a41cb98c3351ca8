using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>MULPS and its kin: a zero may be an underflow.</summary>
internal readonly struct FloatMultiply : IFloatArithmetic
{
    public static bool TakesZeros => false;

    public static uint Do(uint a, uint b, uint mxcsr, ref FloatExceptions raised) => SseSingle.Multiply(a, b, mxcsr, ref raised);

    public static ulong Do(ulong a, ulong b, uint mxcsr, ref FloatExceptions raised) => SseDouble.Multiply(a, b, mxcsr, ref raised);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Host(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Host(Vector128<double> a, Vector128<double> b) => a * b;
}
