using System.Runtime.InteropServices;
using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>Ten bytes in memory: a <see cref="Float80"/>, or eighteen decimal digits and a sign.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct PackedFloat80(ulong low, ushort high)
{
    public readonly ulong Low = low;
    public readonly ushort High = high;
}
