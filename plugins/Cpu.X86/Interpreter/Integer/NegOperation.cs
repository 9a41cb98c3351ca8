using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>NEG.</summary>
internal readonly unsafe struct NegOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T result = T.Zero - a;
        Flags.SetSubtract(s, T.Zero, a, result);
        return result;
    }
}
