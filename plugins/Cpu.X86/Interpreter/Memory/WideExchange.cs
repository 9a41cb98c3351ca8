using System.Threading;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>Compare-and-exchange of 16 bytes, for which .NET has no primitive: a few locks, chosen by host address, make CMPXCHG16B atomic against itself in every domain of the process. A plain write by another vCPU in the same instant may be lost against it.</summary>
internal static unsafe class WideExchange
{
    private static readonly Lock[] Locks = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];

    /// <summary>Writes a value if memory holds the expected one.</summary>
    /// <returns>What memory held.</returns>
    public static UInt128 CompareExchange(UInt128* host, UInt128 value, UInt128 expected)
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
