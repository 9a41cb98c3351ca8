using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>Packed decimal: eighteen digits and a sign (SDM volume 1, 4.7).</summary>
internal readonly struct DecimalFormat : IFloatSource<PackedFloat80>, IFloatDestination<PackedFloat80>
{
    public static PackedFloat80 Indefinite => new(0xC000_0000_0000_0000, 0xFFFF);

    public static Float80 Load(ref X87Context context, PackedFloat80 bits) => X87Integers.FromDecimal(bits.Low, bits.High);

    public static Float80 Widen(ref X87Context context, PackedFloat80 bits) => Load(ref context, bits);

    public static PackedFloat80 Store(ref X87Context context, Float80 value)
    {
        ulong low = X87Integers.ToDecimal(ref context, value, out ushort high);
        return new PackedFloat80(low, high);
    }
}
