using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>A signed integer of 64 bits.</summary>
internal readonly struct Integer64Format : IFloatSource<long>, IFloatDestination<long>
{
    public static long Indefinite => long.MinValue;

    public static Float80 Load(ref X87Context context, long bits) => X87Integers.FromInt64(bits);

    public static Float80 Widen(ref X87Context context, long bits) => X87Integers.FromInt64(bits);

    public static long Store(ref X87Context context, Float80 value) => X87Integers.ToInteger(ref context, value, 64, truncate: false);
}
