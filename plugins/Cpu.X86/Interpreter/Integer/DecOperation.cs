using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>DEC.</summary>
internal readonly unsafe struct DecOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T result = a - T.One;
        T sign = T.One << ((8 * sizeof(T)) - 1);
        Flags.SetKeepingCarry(s, result, a == sign, (a & T.CreateTruncating(15)) == T.Zero);
        return result;
    }
}
