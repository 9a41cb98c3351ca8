using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>32-bit floating point.</summary>
internal readonly struct SingleFormat : IFloatSource<uint>, IFloatDestination<uint>
{
    public static uint Indefinite => 0xFFC0_0000;

    public static Float80 Load(ref X87Context context, uint bits) => X87Conversions.FromSingle(ref context, bits);

    public static Float80 Widen(ref X87Context context, uint bits) => X87Conversions.OperandFromSingle(ref context, bits);

    public static uint Store(ref X87Context context, Float80 value) => X87Conversions.ToSingle(ref context, value);
}
