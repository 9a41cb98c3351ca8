using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>XSAVE, XSAVEOPT, XRSTOR, XGETBV and XSETBV (SDM volume 1, 13.7 to 13.9). The compacted format is not advertised, so a header that asks for it is refused.</summary>
internal static unsafe class XSaves
{
    private const int Alignment = 64;
    private const byte Wide = 1;
    private const byte Optimized = 2;

    public static void Register(LoweringTable table)
    {
        table.Add(&Lower, Mnemonic.Xsave, Mnemonic.Xsave64, Mnemonic.Xsaveopt, Mnemonic.Xsaveopt64, Mnemonic.Xrstor, Mnemonic.Xrstor64);
        table.Add(&LowerControl, Mnemonic.Xgetbv, Mnemonic.Xsetbv);
    }

    private static bool Lower(in Instruction i, ref Lowering l)
    {
        bool segmented = l.UseMemory(i) == AddressKind.Segmented;
        if (i.Mnemonic is Mnemonic.Xsave64 or Mnemonic.Xsaveopt64 or Mnemonic.Xrstor64)
            l.Op->Size |= Wide;
        if (i.Mnemonic is Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64)
            l.Op->Size |= Optimized;
        return l.Use(i.Mnemonic is Mnemonic.Xrstor or Mnemonic.Xrstor64
            ? segmented ? &Restore<Segmented> : &Restore<Flat64>
            : segmented ? &Save<Segmented> : &Save<Flat64>);
    }

    private static bool LowerControl(in Instruction i, ref Lowering l) =>
        i.Mnemonic == Mnemonic.Xgetbv ? l.Use(&GetControl) : l.UseLast(&SetControl);

    private static bool IsDisabled(CoreState* s) => (s->Arch.Cr4 & ControlBits.Cr4OsXsave) == 0;

    /// <summary>What #UD and #NM leave: EDX:EAX restricted to what XCR0 enables.</summary>
    private static ulong RequestedComponents(CoreState* s)
    {
        ulong mask = (uint)s->Arch.Gpr[(int)X86Register.Rax] | (s->Arch.Gpr[(int)X86Register.Rdx] << 32);
        return mask & s->Arch.Xcr0;
    }

    private static int VectorCount(CoreState* s) => (s->Mode & BlockMode.Code64) != 0 ? 16 : 8;

    private static Op* Save<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (IsDisabled(s))
            return c.Undefined(op);
        if ((s->Arch.Cr0 & ControlBits.Cr0TaskSwitched) != 0)
            return c.Raise(op, X86Exception.DeviceNotAvailable);
        ulong requested = RequestedComponents(s);
        int size = ExtendedArea.SizeOf(requested);
        if (!TAddressing.Resolve(s, op, c, size, true, out ulong linear))
            return c.Abort(op);
        if ((linear & (Alignment - 1)) != 0)
            return c.GeneralProtection(op);

        // Only the parts that are saved may be written: the old contents of the others go back unchanged.
        byte* area = stackalloc byte[ExtendedArea.Size];
        if (!c.ProbeWrite(op->Segment, linear, size) || !c.LoadSlow(op->Segment, linear, area, size))
            return c.Abort(op);
        ulong used = ExtendedArea.InUse(s);
        ulong saved = (op->Size & Optimized) != 0 ? requested & used : requested;
        int vectors = VectorCount(s);
        if ((saved & ExtendedArea.Float) != 0)
            LegacyArea.WriteFloat(s, area, (op->Size & Wide) != 0);
        if ((requested & ExtendedArea.Vectors) != 0)
        {
            *(uint*)(area + LegacyArea.MxcsrOffset) = s->Arch.Mxcsr;
            *(uint*)(area + LegacyArea.MxcsrOffset + 4) = LegacyArea.MxcsrMask;
        }

        if ((saved & ExtendedArea.Sse) != 0)
            ExtendedArea.WriteVectors(s, area, vectors);
        if ((saved & ExtendedArea.Avx) != 0)
            ExtendedArea.WriteHalves(s, 1, area + ExtendedArea.AvxOffset, vectors);
        ulong* header = (ulong*)(area + ExtendedArea.HeaderOffset);
        header[0] = (header[0] & ~requested) | (requested & used);
        return c.StoreSlow(op->Segment, linear, area, size) ? op + 1 : c.Abort(op);
    }

    private static Op* Restore<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (IsDisabled(s))
            return c.Undefined(op);
        if ((s->Arch.Cr0 & ControlBits.Cr0TaskSwitched) != 0)
            return c.Raise(op, X86Exception.DeviceNotAvailable);
        ulong requested = RequestedComponents(s);
        int size = ExtendedArea.SizeOf(requested);
        if (!TAddressing.Resolve(s, op, c, size, false, out ulong linear))
            return c.Abort(op);
        if ((linear & (Alignment - 1)) != 0)
            return c.GeneralProtection(op);
        byte* area = stackalloc byte[ExtendedArea.Size];
        if (!c.LoadSlow(op->Segment, linear, area, size))
            return c.Abort(op);

        // The standard format: XCOMP_BV and the eight bytes behind it are zero (SDM volume 1, 13.8.1).
        ulong* header = (ulong*)(area + ExtendedArea.HeaderOffset);
        if ((header[0] & ~s->Arch.Xcr0) != 0 || header[1] != 0 || header[2] != 0)
            return c.GeneralProtection(op);
        uint mxcsr = *(uint*)(area + LegacyArea.MxcsrOffset);
        bool loadsMxcsr = (requested & ExtendedArea.Vectors) != 0;
        if (loadsMxcsr && (mxcsr & ~LegacyArea.MxcsrMask) != 0)
            return c.GeneralProtection(op);

        ulong loaded = requested & header[0];
        ulong initialized = requested & ~header[0];
        int vectors = VectorCount(s);
        if (loadsMxcsr)
            s->Arch.Mxcsr = mxcsr;
        if ((loaded & ExtendedArea.Float) != 0)
            LegacyArea.ReadFloat(s, area, (op->Size & Wide) != 0);
        if ((initialized & ExtendedArea.Float) != 0)
            LegacyArea.InitializeFloat(s);
        if ((loaded & ExtendedArea.Sse) != 0)
            ExtendedArea.ReadVectors(s, area, vectors);
        if ((initialized & ExtendedArea.Sse) != 0)
            ExtendedArea.ClearHalves(s, 0, vectors);
        if ((loaded & ExtendedArea.Avx) != 0)
            ExtendedArea.ReadHalves(s, 1, area + ExtendedArea.AvxOffset, vectors);
        if ((initialized & ExtendedArea.Avx) != 0)
            ExtendedArea.ClearHalves(s, 1, vectors);
        return op + 1;
    }

    /// <summary>XGETBV. ECX = 1 (XINUSE) is not advertised.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* GetControl(CoreState* s, Op* op, X86Core c)
    {
        if (IsDisabled(s))
            return c.Undefined(op);
        if ((uint)s->Arch.Gpr[(int)X86Register.Rcx] != 0)
            return c.GeneralProtection(op);
        s->Arch.Gpr[(int)X86Register.Rax] = (uint)s->Arch.Xcr0;
        s->Arch.Gpr[(int)X86Register.Rdx] = s->Arch.Xcr0 >> 32;
        return op + 1;
    }

    private static Op* SetControl(CoreState* s, Op* op, X86Core c)
    {
        if (IsDisabled(s))
            return c.Undefined(op);
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Xsetbv, out Op* next))
            return next;
        ulong value = (uint)s->Arch.Gpr[(int)X86Register.Rax] | (s->Arch.Gpr[(int)X86Register.Rdx] << 32);
        bool allowed = (uint)s->Arch.Gpr[(int)X86Register.Rcx] == 0
            && (value & ExtendedArea.Float) != 0
            && (value & ~c.Cpuid.SupportedXcr0) == 0
            && (value & ExtendedArea.Vectors) != ExtendedArea.Avx;
        if (!allowed)
            return c.GeneralProtection(op);
        s->Arch.Xcr0 = value;
        c.UpdateMode();
        return c.LeaveAfter(op);
    }
}
