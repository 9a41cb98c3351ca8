using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>A signed integer of 16 bits.</summary>
internal readonly struct Integer16Format : IFloatSource<short>, IFloatDestination<short>
{
    public static short Indefinite => short.MinValue;

    public static Float80 Load(ref X87Context context, short bits) => X87Integers.FromInt64(bits);

    public static Float80 Widen(ref X87Context context, short bits) => X87Integers.FromInt64(bits);

    public static short Store(ref X87Context context, Float80 value) => (short)X87Integers.ToInteger(ref context, value, 16, truncate: false);
}
