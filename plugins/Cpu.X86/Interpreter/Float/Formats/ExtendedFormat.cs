using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>80-bit floating point: nothing is converted and nothing raised.</summary>
internal readonly struct ExtendedFormat : IFloatSource<PackedFloat80>, IFloatDestination<PackedFloat80>
{
    public static PackedFloat80 Indefinite => Store(Float80.Indefinite);

    public static Float80 Load(ref X87Context context, PackedFloat80 bits) => new(bits.Low, bits.High);

    public static Float80 Widen(ref X87Context context, PackedFloat80 bits) => new(bits.Low, bits.High);

    public static PackedFloat80 Store(ref X87Context context, Float80 value) => Store(value);

    private static PackedFloat80 Store(Float80 value) => new(value.Significand, value.SignExponent);
}
