using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>XSAVE, XSAVEOPT, XSAVEC, XSAVES, XRSTOR, XRSTORS, XGETBV and XSETBV (SDM volume 1, 13.7 to 13.12).</summary>
internal static unsafe class XSaves
{
    private const int Alignment = 64;

    /// <summary>REX.W: the x87 pointers have 64 bits.</summary>
    private const byte Wide = 1;

    /// <summary>Components in their initial state are not written.</summary>
    private const byte Optimized = 2;

    /// <summary>The area is compacted.</summary>
    private const byte Compact = 4;

    /// <summary>XSAVES and XRSTORS: privileged, with the components of IA32_XSS.</summary>
    private const byte Supervisor = 8;

    public static void Register(LoweringTable table)
    {
        table.Add(
            &LowerSave,
            Mnemonic.Xsave, Mnemonic.Xsave64, Mnemonic.Xsaveopt, Mnemonic.Xsaveopt64, Mnemonic.Xsavec, Mnemonic.Xsavec64, Mnemonic.Xsaves, Mnemonic.Xsaves64);
        table.Add(&LowerRestore, Mnemonic.Xrstor, Mnemonic.Xrstor64, Mnemonic.Xrstors, Mnemonic.Xrstors64);
        table.Add(&LowerControl, Mnemonic.Xgetbv, Mnemonic.Xsetbv);
    }

    private static bool LowerSave(in Instruction i, ref Lowering l)
    {
        l.Op->Size = (byte)(Width(i) | i.Mnemonic switch
        {
            Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64 => Optimized,
            Mnemonic.Xsavec or Mnemonic.Xsavec64 => Optimized | Compact,
            Mnemonic.Xsaves or Mnemonic.Xsaves64 => Optimized | Compact | Supervisor,
            _ => 0,
        });
        return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &Save<Segmented> : &Save<Flat64>);
    }

    private static bool LowerRestore(in Instruction i, ref Lowering l)
    {
        l.Op->Size = (byte)(Width(i) | (i.Mnemonic is Mnemonic.Xrstors or Mnemonic.Xrstors64 ? Compact | Supervisor : 0));
        return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &Restore<Segmented> : &Restore<Flat64>);
    }

    private static byte Width(in Instruction i) =>
        i.Mnemonic is Mnemonic.Xsave64 or Mnemonic.Xsaveopt64 or Mnemonic.Xsavec64 or Mnemonic.Xsaves64 or Mnemonic.Xrstor64 or Mnemonic.Xrstors64 ? Wide : (byte)0;

    private static bool LowerControl(in Instruction i, ref Lowering l) =>
        i.Mnemonic == Mnemonic.Xgetbv ? l.Use(&GetControl) : l.UseLast(&SetControl);

    private static bool IsDisabled(CoreState* s) => (s->Arch.Cr4 & ControlBits.Cr4OsXsave) == 0;

    /// <summary>EDX:EAX restricted to the components that are enabled.</summary>
    private static ulong RequestedComponents(CoreState* s, Op* op)
    {
        ulong mask = (uint)s->Arch.Gpr[(int)X86Register.Rax] | (s->Arch.Gpr[(int)X86Register.Rdx] << 32);
        return mask & Enabled(s, op);
    }

    private static ulong Enabled(CoreState* s, Op* op) =>
        s->Arch.Xcr0 | ((op->Size & Supervisor) != 0 ? s->Arch.Xss : 0);

    private static int VectorCount(CoreState* s) => (s->Mode & BlockMode.Code64) != 0 ? 16 : 8;

    /// <summary>What comes before the access to memory: #UD, #NM, #GP for the privilege level, the intercept.</summary>
    /// <returns>False when <paramref name="next"/> ends the instruction.</returns>
    private static bool Begin(CoreState* s, Op* op, X86Core c, X86Intercept intercept, out Op* next)
    {
        next = null;
        if (IsDisabled(s))
            next = c.Undefined(op);
        else if ((s->Arch.Cr0 & ControlBits.Cr0TaskSwitched) != 0)
            next = c.Raise(op, X86Exception.DeviceNotAvailable);
        else if ((op->Size & Supervisor) == 0)
            return true;
        else if (s->Cpl != 0)
            next = c.GeneralProtection(op);
        else
            return !c.Intercepted(op, intercept, out next);
        return false;
    }

    private static Op* Save<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!Begin(s, op, c, X86Intercept.Xsaves, out Op* next))
            return next;
        ulong requested = RequestedComponents(s, op);
        bool compact = (op->Size & Compact) != 0;
        ulong layout = compact ? requested | ExtendedArea.Compacted : 0;
        int size = compact ? ExtendedArea.CompactedSizeOf(requested) : ExtendedArea.SizeOf(requested);
        if (!TAddressing.Resolve(s, op, c, size, true, out ulong linear))
            return c.Abort(op);
        if ((linear & (Alignment - 1)) != 0)
            return c.GeneralProtection(op);

        // Every page is checked before the first byte is written; only the parts that are saved are written.
        ulong present;
        if (!c.ProbeWrite(op->Segment, linear, size) || !Load(op, c, linear, ExtendedArea.HeaderOffset, &present, sizeof(ulong)))
            return c.Abort(op);
        ulong used = ExtendedArea.InUse(s);
        ulong saved = (op->Size & Optimized) != 0 ? requested & used : requested;
        ulong* header = stackalloc ulong[2];
        header[0] = compact ? requested & used : (present & ~requested) | (requested & used);
        header[1] = layout;
        bool control = (compact ? saved & ExtendedArea.Sse : requested & ExtendedArea.Vectors) != 0;
        bool ok = SaveLegacy(s, op, c, linear, saved, control)
            && Store(op, c, linear, ExtendedArea.HeaderOffset, header, compact ? 2 * sizeof(ulong) : sizeof(ulong))
            && SaveComponents(s, op, c, linear, saved, layout);
        return ok ? op + 1 : c.Abort(op);
    }

    private static bool SaveLegacy(CoreState* s, Op* op, X86Core c, ulong linear, ulong saved, bool control)
    {
        byte* area = stackalloc byte[LegacyArea.Size];
        if ((saved & ExtendedArea.Float) != 0)
        {
            Unsafe.InitBlockUnaligned(area, 0, LegacyArea.VectorsOffset);
            LegacyArea.WriteFloat(s, area, (op->Size & Wide) != 0);
            if (!Store(op, c, linear, 0, area, LegacyArea.MxcsrOffset)
                || !Store(op, c, linear, LegacyArea.RegistersOffset, area + LegacyArea.RegistersOffset, LegacyArea.VectorsOffset - LegacyArea.RegistersOffset))
                return false;
        }

        if (control)
        {
            ulong mxcsr = s->Arch.Mxcsr | ((ulong)LegacyArea.MxcsrMask << 32);
            if (!Store(op, c, linear, LegacyArea.MxcsrOffset, &mxcsr, sizeof(ulong)))
                return false;
        }

        if ((saved & ExtendedArea.Sse) == 0)
            return true;
        int vectors = VectorCount(s);
        ExtendedArea.WriteHalves(s, 0, area + LegacyArea.VectorsOffset, vectors);
        return Store(op, c, linear, LegacyArea.VectorsOffset, area + LegacyArea.VectorsOffset, vectors * ExtendedArea.VectorHalf);
    }

    private static bool SaveComponents(CoreState* s, Op* op, X86Core c, ulong linear, ulong saved, ulong layout)
    {
        if ((saved & ExtendedArea.Avx) != 0)
        {
            int vectors = VectorCount(s);
            byte* halves = stackalloc byte[ExtendedArea.AvxSize];
            ExtendedArea.WriteHalves(s, 1, halves, vectors);
            if (!Store(op, c, linear, ExtendedArea.ComponentOffset(ExtendedArea.Avx, layout), halves, vectors * ExtendedArea.VectorHalf))
                return false;
        }

        ulong pkru = s->Arch.Pkru;
        return (saved & ExtendedArea.Pkru) == 0
            || Store(op, c, linear, ExtendedArea.ComponentOffset(ExtendedArea.Pkru, layout), &pkru, ExtendedArea.PkruSize);
    }

    private static bool Store(Op* op, X86Core c, ulong linear, int offset, void* from, int size) =>
        c.StoreSlow(op->Segment, c.TruncateLinear(linear + (ulong)offset), from, size);

    private static bool Load(Op* op, X86Core c, ulong linear, int offset, void* to, int size) =>
        c.LoadSlow(op->Segment, c.TruncateLinear(linear + (ulong)offset), to, size);

    private static Op* Restore<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!Begin(s, op, c, X86Intercept.Xrstors, out Op* next))
            return next;
        ulong requested = RequestedComponents(s, op);
        if (!TAddressing.Resolve(s, op, c, ExtendedArea.AvxOffset, false, out ulong linear))
            return c.Abort(op);
        if ((linear & (Alignment - 1)) != 0)
            return c.GeneralProtection(op);
        byte* area = stackalloc byte[ExtendedArea.AvxOffset];
        if (!Load(op, c, linear, 0, area, ExtendedArea.AvxOffset))
            return c.Abort(op);
        ulong* header = (ulong*)(area + ExtendedArea.HeaderOffset);
        bool compact = (header[1] & ExtendedArea.Compacted) != 0 && c.Cpuid.HasXsavec;
        if (!IsHeaderValid(header, Enabled(s, op), compact, (op->Size & Compact) != 0))
            return c.GeneralProtection(op);

        ulong loaded = requested & header[0];
        ulong initialized = requested & ~header[0];
        ulong layout = compact ? header[1] : 0;
        uint mxcsr = *(uint*)(area + LegacyArea.MxcsrOffset);

        // The compacted form treats MXCSR as part of the SSE component, the standard form loads it with any vectors (SDM volume 1, 13.8.1 and 13.8.2).
        bool loadsMxcsr = compact ? (loaded & ExtendedArea.Sse) != 0 : (requested & ExtendedArea.Vectors) != 0;
        if (loadsMxcsr && (mxcsr & ~LegacyArea.MxcsrMask) != 0)
            return c.GeneralProtection(op);
        int vectors = VectorCount(s);
        byte* halves = stackalloc byte[ExtendedArea.AvxSize];
        if ((loaded & ExtendedArea.Avx) != 0
            && !Load(op, c, linear, ExtendedArea.ComponentOffset(ExtendedArea.Avx, layout), halves, vectors * ExtendedArea.VectorHalf))
            return c.Abort(op);
        ulong pkru = 0;
        if ((loaded & ExtendedArea.Pkru) != 0
            && !Load(op, c, linear, ExtendedArea.ComponentOffset(ExtendedArea.Pkru, layout), &pkru, ExtendedArea.PkruSize))
            return c.Abort(op);

        if (loadsMxcsr)
            s->Arch.Mxcsr = mxcsr;
        else if (compact && (initialized & ExtendedArea.Sse) != 0)
            s->Arch.Mxcsr = ExtendedArea.InitialMxcsr;
        if ((loaded & ExtendedArea.Float) != 0)
            LegacyArea.ReadFloat(s, area, (op->Size & Wide) != 0);
        if ((initialized & ExtendedArea.Float) != 0)
            LegacyArea.InitializeFloat(s);
        if ((loaded & ExtendedArea.Sse) != 0)
            ExtendedArea.ReadHalves(s, 0, area + LegacyArea.VectorsOffset, vectors);
        if ((initialized & ExtendedArea.Sse) != 0)
            ExtendedArea.ClearHalves(s, 0, vectors);
        if ((loaded & ExtendedArea.Avx) != 0)
            ExtendedArea.ReadHalves(s, 1, halves, vectors);
        if ((initialized & ExtendedArea.Avx) != 0)
            ExtendedArea.ClearHalves(s, 1, vectors);
        if ((requested & ExtendedArea.Pkru) != 0)
            c.SetProtectionKeyRights((uint)pkru);
        return op + 1;
    }

    /// <summary>The header's rules (SDM volume 1, 13.8 and 13.12).</summary>
    private static bool IsHeaderValid(ulong* header, ulong enabled, bool compact, bool mustBeCompact)
    {
        if (!compact)
            return !mustBeCompact && (header[0] & ~enabled) == 0 && header[1] == 0 && header[2] == 0;
        ulong present = header[1] & ~ExtendedArea.Compacted;
        if ((present & ~enabled) != 0 || (header[0] & ~present) != 0)
            return false;
        ulong reserved = 0;
        for (int i = 2; i < ExtendedArea.HeaderSize / sizeof(ulong); i++)
            reserved |= header[i];
        return reserved == 0;
    }

    /// <summary>XGETBV: XCR0, or with ECX = 1 the components of it that are in use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* GetControl(CoreState* s, Op* op, X86Core c)
    {
        if (IsDisabled(s))
            return c.Undefined(op);
        ulong value = s->Arch.Xcr0;
        uint index = (uint)s->Arch.Gpr[(int)X86Register.Rcx];
        if (index == 1 && c.Cpuid.HasXgetbv1)
            value &= ExtendedArea.InUse(s);
        else if (index != 0)
            return c.GeneralProtection(op);
        s->Arch.Gpr[(int)X86Register.Rax] = (uint)value;
        s->Arch.Gpr[(int)X86Register.Rdx] = value >> 32;
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
