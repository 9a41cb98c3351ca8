using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>A format of memory operands that are written.</summary>
/// <typeparam name="T">Its bytes.</typeparam>
internal interface IFloatDestination<T>
    where T : unmanaged
{
    /// <summary>What an empty register stores (SDM volume 1, 8.5.1.1).</summary>
    static abstract T Indefinite { get; }

    /// <summary>Converts a register's value.</summary>
    static abstract T Store(ref X87Context context, Float80 value);
}
