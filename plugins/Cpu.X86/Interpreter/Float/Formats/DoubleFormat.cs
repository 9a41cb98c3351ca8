using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Formats;

/// <summary>64-bit floating point.</summary>
internal readonly struct DoubleFormat : IFloatSource<ulong>, IFloatDestination<ulong>
{
    public static ulong Indefinite => 0xFFF8_0000_0000_0000;

    public static Float80 Load(ref X87Context context, ulong bits) => X87Conversions.FromDouble(ref context, bits);

    public static Float80 Widen(ref X87Context context, ulong bits) => X87Conversions.OperandFromDouble(ref context, bits);

    public static ulong Store(ref X87Context context, Float80 value) => X87Conversions.ToDouble(ref context, value);
}
