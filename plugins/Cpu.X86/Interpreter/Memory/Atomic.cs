using System.Runtime.CompilerServices;
using System.Threading;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>Atomic access to guest memory for LOCK prefixes.</summary>
internal static unsafe class Atomic
{
    /// <summary>Writes a value if memory still holds what was read.</summary>
    /// <returns>Whether it did.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool CompareExchange<T>(T* host, T value, T expected)
        where T : unmanaged
    {
        if (typeof(T) == typeof(byte))
            return Interlocked.CompareExchange(ref *(byte*)host, *(byte*)&value, *(byte*)&expected) == *(byte*)&expected;
        if (typeof(T) == typeof(ushort))
            return Interlocked.CompareExchange(ref *(ushort*)host, *(ushort*)&value, *(ushort*)&expected) == *(ushort*)&expected;
        if (typeof(T) == typeof(uint))
            return Interlocked.CompareExchange(ref *(uint*)host, *(uint*)&value, *(uint*)&expected) == *(uint*)&expected;
        return Interlocked.CompareExchange(ref *(ulong*)host, *(ulong*)&value, *(ulong*)&expected) == *(ulong*)&expected;
    }
}
