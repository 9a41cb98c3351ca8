using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>NOT, which leaves the flags alone.</summary>
internal readonly unsafe struct NotOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T result = ~a;
        return result;
    }
}
