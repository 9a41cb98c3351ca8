using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>A signed integer of 64 bits that FISTTP truncates to.</summary>
internal readonly struct TruncatedInteger64Format : IFloatDestination<long>
{
    public static long Indefinite => long.MinValue;

    public static long Store(ref X87Context context, Float80 value) => X87Integers.ToInteger(ref context, value, 64, truncate: true);
}
