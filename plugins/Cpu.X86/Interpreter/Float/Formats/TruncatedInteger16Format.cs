using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>A signed integer of 16 bits that FISTTP truncates to.</summary>
internal readonly struct TruncatedInteger16Format : IFloatDestination<short>
{
    public static short Indefinite => short.MinValue;

    public static short Store(ref X87Context context, Float80 value) => (short)X87Integers.ToInteger(ref context, value, 16, truncate: true);
}
