using System.Threading;
using Dominion.Cpu.X86.Platform;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>Compare-and-exchange of 16 bytes: the host's CMPXCHG16B where there is one. Elsewhere a few locks, chosen by host address, make it atomic against itself; there a plain write by another vCPU in the same instant may be lost against it.</summary>
internal static unsafe class WideExchange
{
    private static readonly delegate* unmanaged[SuppressGCTransition]<UInt128*, UInt128*, UInt128*, void> Native = WideExchangeCode.Create();
    private static readonly Lock[] Locks = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];

    /// <summary>Whether the host does it in one instruction.</summary>
    public static bool IsNative => Native != null;

    /// <summary>Writes a value if memory, aligned to 16 bytes, holds the expected one.</summary>
    /// <returns>What memory held.</returns>
    public static UInt128 CompareExchange(UInt128* host, UInt128 value, UInt128 expected)
    {
        if (Native == null)
            return CompareExchangeLocked(host, value, expected);
        Native(host, &expected, &value);
        return expected;
    }

    /// <summary>The same with a lock.</summary>
    public static UInt128 CompareExchangeLocked(UInt128* host, UInt128 value, UInt128 expected)
    {
        lock (Locks[((nuint)host >> 4) & 63])
        {
            ulong* halves = (ulong*)host;
            UInt128 found = new(Volatile.Read(ref halves[1]), Volatile.Read(ref halves[0]));
            if (found == expected)
            {
                Volatile.Write(ref halves[0], (ulong)value);
                Volatile.Write(ref halves[1], (ulong)(value >> 64));
            }

            return found;
        }
    }
}
