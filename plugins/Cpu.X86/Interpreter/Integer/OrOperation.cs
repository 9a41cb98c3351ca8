using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>OR.</summary>
internal readonly unsafe struct OrOperation : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a, T b)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T result = a | b;
        Flags.SetLogic(s, result);
        return result;
    }
}
