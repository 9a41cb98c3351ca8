using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>FXSAVE and FXRSTOR (SDM volume 1, 10.5). While CR4.OSFXSR is clear they leave the XMM registers and MXCSR alone, which the manual leaves to the processor.</summary>
internal static unsafe class FxSaves
{
    private const int Alignment = 16;

    public static void Register(LoweringTable table) =>
        table.Add(&Lower, Mnemonic.Fxsave, Mnemonic.Fxsave64, Mnemonic.Fxrstor, Mnemonic.Fxrstor64);

    private static bool Lower(in Instruction i, ref Lowering l)
    {
        bool segmented = l.UseMemory(i) == AddressKind.Segmented;
        l.Op->Size = (byte)(i.Mnemonic is Mnemonic.Fxsave64 or Mnemonic.Fxrstor64 ? 8 : 4);
        return l.Use(i.Mnemonic is Mnemonic.Fxsave or Mnemonic.Fxsave64
            ? segmented ? &Save<Segmented> : &Save<Flat64>
            : segmented ? &Restore<Segmented> : &Restore<Flat64>);
    }

    /// <summary>The XMM registers that an image holds.</summary>
    private static int VectorCount(CoreState* s) =>
        (s->Arch.Cr4 & ControlBits.Cr4OsFxsr) == 0 ? 0 : (s->Mode & BlockMode.Code64) != 0 ? 16 : 8;

    private static Op* Save<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->FloatBlocked != 0)
            return c.Raise(op, X86Exception.DeviceNotAvailable);
        if (!TAddressing.Resolve(s, op, c, LegacyArea.Size, true, out ulong linear))
            return c.Abort(op);
        if ((linear & (Alignment - 1)) != 0)
            return c.GeneralProtection(op);

        // What lies behind the last register stays as it is, but must be writable too.
        int vectors = VectorCount(s);
        byte* area = stackalloc byte[LegacyArea.Size];
        LegacyArea.WriteFloat(s, area, op->Size == 8);
        *(uint*)(area + LegacyArea.MxcsrOffset) = s->Arch.Mxcsr;
        *(uint*)(area + LegacyArea.MxcsrOffset + 4) = LegacyArea.MxcsrMask;
        ExtendedArea.WriteHalves(s, 0, area + LegacyArea.VectorsOffset, vectors);
        if (!c.ProbeWrite(op->Segment, linear, LegacyArea.Size)
            || !c.StoreSlow(op->Segment, linear, area, LegacyArea.VectorsOffset + (vectors * ExtendedArea.VectorHalf)))
        {
            return c.Abort(op);
        }

        return op + 1;
    }

    private static Op* Restore<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->FloatBlocked != 0)
            return c.Raise(op, X86Exception.DeviceNotAvailable);
        byte* area = stackalloc byte[LegacyArea.Size];
        if (!TAddressing.Resolve(s, op, c, LegacyArea.Size, false, out ulong linear))
            return c.Abort(op);
        if ((linear & (Alignment - 1)) != 0)
            return c.GeneralProtection(op);
        if (!c.LoadSlow(op->Segment, linear, area, LegacyArea.Size))
            return c.Abort(op);

        int vectors = VectorCount(s);
        if (vectors > 0)
        {
            uint mxcsr = *(uint*)(area + LegacyArea.MxcsrOffset);
            if ((mxcsr & ~LegacyArea.MxcsrMask) != 0)
                return c.GeneralProtection(op);
            s->Arch.Mxcsr = mxcsr;
        }

        LegacyArea.ReadFloat(s, area, op->Size == 8);
        ExtendedArea.ReadHalves(s, 0, area + LegacyArea.VectorsOffset, vectors);
        return op + 1;
    }
}
