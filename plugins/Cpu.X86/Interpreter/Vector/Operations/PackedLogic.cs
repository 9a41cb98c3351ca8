using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Logical operations on all bits; the same for every element type.</summary>
internal static class PackedLogic
{
    public readonly struct And : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => a & b;
    }

    /// <summary>The source without the bits of the destination.</summary>
    public readonly struct AndNot : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.AndNot(b, a);
    }

    public readonly struct Or : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => a | b;
    }

    public readonly struct Xor : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => a ^ b;
    }
}
