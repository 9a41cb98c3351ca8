using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>A signed integer of 32 bits that FISTTP truncates to.</summary>
internal readonly struct TruncatedInteger32Format : IFloatDestination<int>
{
    public static int Indefinite => int.MinValue;

    public static int Store(ref X87Context context, Float80 value) => (int)X87Integers.ToInteger(ref context, value, 32, truncate: true);
}
