using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>SUB.</summary>
internal readonly unsafe struct SubOperation : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a, T b)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T result = a - b;
        Flags.SetSubtract(s, a, b, result);
        return result;
    }
}
