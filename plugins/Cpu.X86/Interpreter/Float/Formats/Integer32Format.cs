using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>A signed integer of 32 bits.</summary>
internal readonly struct Integer32Format : IFloatSource<int>, IFloatDestination<int>
{
    public static int Indefinite => int.MinValue;

    public static Float80 Load(ref X87Context context, int bits) => X87Integers.FromInt64(bits);

    public static Float80 Widen(ref X87Context context, int bits) => X87Integers.FromInt64(bits);

    public static int Store(ref X87Context context, Float80 value) => (int)X87Integers.ToInteger(ref context, value, 32, truncate: false);
}
