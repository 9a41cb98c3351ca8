using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>A shift of every element by one count.</summary>
internal interface IShiftOperation
{
    /// <summary>Shifts. Counts past the element's width are allowed.</summary>
    static abstract Vector128<byte> Shift(Vector128<byte> a, ulong count);
}
