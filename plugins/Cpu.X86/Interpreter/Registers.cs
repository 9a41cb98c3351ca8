using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter;

/// <summary>General-purpose registers by their place in the state.</summary>
internal static unsafe class Registers
{
    /// <summary>Reads a register, or a part of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Get<T>(CoreState* s, int offset)
        where T : unmanaged => *(T*)((byte*)s + offset);

    /// <summary>Writes a register; a 32-bit write clears the upper half (SDM volume 1, 3.4.1.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set<T>(CoreState* s, int offset, T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(uint))
            *(ulong*)((byte*)s + offset) = *(uint*)&value;
        else
            *(T*)((byte*)s + offset) = value;
    }

    /// <summary>Reads a whole register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get(CoreState* s, X86Register register) => ((ulong*)s)[(int)register];

    /// <summary>Writes a whole register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(CoreState* s, X86Register register, ulong value) => ((ulong*)s)[(int)register] = value;
}
