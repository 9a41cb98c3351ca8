using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>A format of memory operands that are read.</summary>
/// <typeparam name="T">Its bytes.</typeparam>
internal interface IFloatSource<T>
    where T : unmanaged
{
    /// <summary>Converts the operand of a load, which answers to its NaNs and denormals itself.</summary>
    static abstract Float80 Load(ref X87Context context, T bits);

    /// <summary>Converts the operand of an operation, which follows in the same context.</summary>
    static abstract Float80 Widen(ref X87Context context, T bits);
}
