using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector;

/// <summary>Where vector registers are in <see cref="CoreState"/>.</summary>
internal static unsafe class VectorOffsets
{
    /// <summary>MMX registers are the significands of the x87 registers, by physical number (SDM volume 1, 9.2.1).</summary>
    private static readonly ushort Mmx = FindMmx();

    /// <summary>Where XMM0 is, the implicit operand of some instructions.</summary>
    public static ushort Xmm0 => Offsets.OfVector(0);

    /// <summary>Where an XMM, YMM, MMX or general-purpose register is.</summary>
    public static ushort Of(Register register) =>
        register.IsXMM() || register.IsYMM() ? Offsets.OfVector(register.GetNumber())
        : register.IsMM() ? (ushort)(Mmx + (register.GetNumber() * sizeof(UInt128)))
        : Offsets.Of(register);

    private static ushort FindMmx()
    {
        CoreState state;
        return (ushort)((byte*)&state.Arch.Float - (byte*)&state);
    }
}
