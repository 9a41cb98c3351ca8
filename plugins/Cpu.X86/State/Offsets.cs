using Iced.Intel;

namespace Dominion.Cpu.X86.State;

/// <summary>Where operands are in <see cref="CoreState"/>.</summary>
internal static unsafe class Offsets
{
    /// <summary><see cref="CoreState.Zero"/>.</summary>
    public static readonly ushort Zero;

    /// <summary><see cref="CoreState.BlockRip"/>.</summary>
    public static readonly ushort BlockRip;

    private static readonly ushort SegmentBases;
    private static readonly ushort Vectors;
    private static readonly ushort[] Registers = new ushort[512];

    static Offsets()
    {
        CoreState state;
        byte* start = (byte*)&state;
        Zero = (ushort)((byte*)&state.Zero - start);
        BlockRip = (ushort)((byte*)&state.BlockRip - start);
        SegmentBases = (ushort)((byte*)&state.Arch.Segments - start);
        Vectors = (ushort)((byte*)&state.Arch.Vectors - start);
        for (Register r = Iced.Intel.Register.AL; r <= Iced.Intel.Register.R15; r++)
        {
            if (!r.IsGPR())
                continue;
            int number = r.GetNumber();
            bool high = r is >= Iced.Intel.Register.AH and <= Iced.Intel.Register.BH;
            Registers[(int)r] = (ushort)(high ? ((int)r - (int)Iced.Intel.Register.AH) * 8 + 1 : number * 8);
            if (r is >= Iced.Intel.Register.SPL and <= Iced.Intel.Register.R15L)
                Registers[(int)r] = (ushort)(((int)r - (int)Iced.Intel.Register.SPL + 4) * 8);
        }
    }

    /// <summary>Where a general-purpose register is; the byte itself for AH, CH, DH and BH.</summary>
    public static ushort Of(Register register) => Registers[(int)register];

    /// <summary>Where a general-purpose register is, or <see cref="Zero"/> for none.</summary>
    public static ushort OfOptional(Register register) => register == Iced.Intel.Register.None ? Zero : Registers[(int)register];

    /// <summary>Where a vector register is, by number.</summary>
    public static ushort OfVector(int number) => (ushort)(Vectors + (number * 32));

    /// <summary>Where a segment's base is.</summary>
    public static ushort OfSegmentBase(int segment) => (ushort)(SegmentBases + (segment * sizeof(X86Segment)));

    /// <summary>The architecture's number of a segment register.</summary>
    public static int SegmentNumber(Register register) => (int)register - (int)Iced.Intel.Register.ES;
}
