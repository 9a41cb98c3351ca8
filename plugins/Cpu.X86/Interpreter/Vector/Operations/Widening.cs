using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>PMOVSX and PMOVZX: the low elements of the source, extended as <typeparamref name="TFrom"/>'s signedness says.</summary>
internal readonly unsafe struct Widening<TFrom, TTo> : IPackedOperation
    where TFrom : unmanaged, IBinaryInteger<TFrom>
    where TTo : unmanaged, IBinaryInteger<TTo>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        Unsafe.SkipInit(out Vector128<byte> result);
        for (int i = 0; i < Vector128<TTo>.Count; i++)
            ((TTo*)&result)[i] = TTo.CreateTruncating(((TFrom*)&b)[i]);
        return result;
    }
}
