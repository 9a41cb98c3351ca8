using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>AVX2's shifts of each element by a count of its own. A count that passes the width gives zero, or the sign.</summary>
internal static unsafe class VariableShifts
{
    /// <summary>VPSLLVD.</summary>
    public readonly struct LeftDoublewords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            if (Avx2.IsSupported)
                return Avx2.ShiftLeftLogicalVariable(a.AsUInt32(), b.AsUInt32()).AsByte();
            for (int i = 0; i < Vector128<uint>.Count; i++)
                ((uint*)&a)[i] = ((uint*)&b)[i] < 32 ? ((uint*)&a)[i] << (int)((uint*)&b)[i] : 0;
            return a;
        }
    }

    /// <summary>VPSLLVQ.</summary>
    public readonly struct LeftQuadwords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            if (Avx2.IsSupported)
                return Avx2.ShiftLeftLogicalVariable(a.AsUInt64(), b.AsUInt64()).AsByte();
            for (int i = 0; i < Vector128<ulong>.Count; i++)
                ((ulong*)&a)[i] = ((ulong*)&b)[i] < 64 ? ((ulong*)&a)[i] << (int)((ulong*)&b)[i] : 0;
            return a;
        }
    }

    /// <summary>VPSRLVD.</summary>
    public readonly struct RightDoublewords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            if (Avx2.IsSupported)
                return Avx2.ShiftRightLogicalVariable(a.AsUInt32(), b.AsUInt32()).AsByte();
            for (int i = 0; i < Vector128<uint>.Count; i++)
                ((uint*)&a)[i] = ((uint*)&b)[i] < 32 ? ((uint*)&a)[i] >> (int)((uint*)&b)[i] : 0;
            return a;
        }
    }

    /// <summary>VPSRLVQ.</summary>
    public readonly struct RightQuadwords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            if (Avx2.IsSupported)
                return Avx2.ShiftRightLogicalVariable(a.AsUInt64(), b.AsUInt64()).AsByte();
            for (int i = 0; i < Vector128<ulong>.Count; i++)
                ((ulong*)&a)[i] = ((ulong*)&b)[i] < 64 ? ((ulong*)&a)[i] >> (int)((ulong*)&b)[i] : 0;
            return a;
        }
    }

    /// <summary>VPSRAVD.</summary>
    public readonly struct RightSignedDoublewords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            if (Avx2.IsSupported)
                return Avx2.ShiftRightArithmeticVariable(a.AsInt32(), b.AsUInt32()).AsByte();
            for (int i = 0; i < Vector128<int>.Count; i++)
                ((int*)&a)[i] >>= (int)Math.Min(((uint*)&b)[i], 31);
            return a;
        }
    }
}
