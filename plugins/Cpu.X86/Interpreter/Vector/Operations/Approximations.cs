using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>The shapes of operands of RCPPS and RSQRTPS.</summary>
internal static unsafe class Approximations
{
    /// <summary>RCPPS.</summary>
    public readonly struct Reciprocal : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            for (int i = 0; i < Vector128<uint>.Count; i++)
                ((uint*)&b)[i] = Approximation.Reciprocal(((uint*)&b)[i]);
            return b;
        }
    }

    /// <summary>RCPSS.</summary>
    public readonly struct ReciprocalScalar : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            FloatElements.Merge(a, Approximation.Reciprocal(b.AsUInt32().ToScalar()));
    }

    /// <summary>RSQRTPS.</summary>
    public readonly struct ReciprocalSquareRoot : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            for (int i = 0; i < Vector128<uint>.Count; i++)
                ((uint*)&b)[i] = Approximation.ReciprocalSquareRoot(((uint*)&b)[i]);
            return b;
        }
    }

    /// <summary>RSQRTSS.</summary>
    public readonly struct ReciprocalSquareRootScalar : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            FloatElements.Merge(a, Approximation.ReciprocalSquareRoot(b.AsUInt32().ToScalar()));
    }
}
