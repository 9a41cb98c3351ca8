using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Segmentation;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Privileged;

/// <summary>LGDT, LIDT, SGDT, SIDT, LLDT, LTR, SLDT, STR, LAR, LSL, VERR, VERW, ARPL, BOUND.</summary>
internal static unsafe class DescriptorTables
{
    public static void Register(LoweringTable table)
    {
        SegmentMoves.Register(table);
        table.Add(&LowerTable, Mnemonic.Lgdt, Mnemonic.Lidt, Mnemonic.Sgdt, Mnemonic.Sidt);
        table.Add(&LowerSelector, Mnemonic.Lldt, Mnemonic.Ltr, Mnemonic.Verr, Mnemonic.Verw);
        table.Add(&LowerStore, Mnemonic.Sldt, Mnemonic.Str);
        table.Add(&LowerInspect, Mnemonic.Lar, Mnemonic.Lsl);
        table.Add(&LowerAdjust, Mnemonic.Arpl);
        table.Add(&LowerBound, Mnemonic.Bound);
    }

    private static bool LowerTable(in Instruction i, ref Lowering l)
    {
        bool segmented = l.UseMemory(i) == AddressKind.Segmented;
        l.Op->Extra = (ushort)i.Mnemonic;

        // With 16-bit operands the base has 24 bits (SDM volume 2, LGDT).
        l.Op->Size = (byte)(l.Is64Bit ? 8 : i.Code is Code.Lgdt_m1632_16 or Code.Lidt_m1632_16 or Code.Sgdt_m1632_16 or Code.Sidt_m1632_16 ? 2 : 4);
        if (i.Mnemonic is Mnemonic.Lgdt or Mnemonic.Lidt)
            return l.UseLast(segmented ? &LoadTable<Segmented> : &LoadTable<Flat64>);
        return l.Use(segmented ? &StoreTable<Segmented> : &StoreTable<Flat64>);
    }

    private static Op* LoadTable<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        bool global = (Mnemonic)op->Extra == Mnemonic.Lgdt;
        if (c.Intercepted(op, global ? X86Intercept.Lgdt : X86Intercept.Lidt, out Op* next))
            return next;
        int baseSize = op->Size == 8 ? 8 : 4;
        if (!TAddressing.Resolve(s, op, c, 2 + baseSize, false, out ulong linear)
            || !Mem.LoadAt(s, c, op->Segment, linear, out ushort limit))
            return c.Abort(op);
        ulong address;
        if (baseSize == 8)
        {
            if (!Mem.LoadAt(s, c, op->Segment, linear + 2, out address))
                return c.Abort(op);
            if (!c.IsCanonicalBase(address))
                return c.GeneralProtection(op);
        }
        else
        {
            if (!Mem.LoadAt(s, c, op->Segment, c.TruncateLinear(linear + 2), out uint low))
                return c.Abort(op);
            address = op->Size == 2 ? low & 0xFF_FFFF : low;
        }

        var table = new X86TableRegister { Base = address, Limit = limit };
        if (global)
            s->Arch.Gdtr = table;
        else
            s->Arch.Idtr = table;
        return op + 1;
    }

    private static Op* StoreTable<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (c.IsUserInformationPrevented)
            return c.GeneralProtection(op);
        bool global = (Mnemonic)op->Extra == Mnemonic.Sgdt;
        if (c.Intercepted(op, global ? X86Intercept.Sgdt : X86Intercept.Sidt, out Op* next))
            return next;
        X86TableRegister table = global ? s->Arch.Gdtr : s->Arch.Idtr;
        int baseSize = op->Size == 8 ? 8 : 4;
        if (!TAddressing.Resolve(s, op, c, 2 + baseSize, true, out ulong linear)
            || !c.ProbeWrite(op->Segment, linear, 2 + baseSize)
            || !Mem.StoreAt(s, c, op->Segment, linear, (ushort)table.Limit))
            return c.Abort(op);
        bool ok = baseSize == 8
            ? Mem.StoreAt(s, c, op->Segment, linear + 2, table.Base)
            : Mem.StoreAt(s, c, op->Segment, c.TruncateLinear(linear + 2), (uint)table.Base);
        return ok ? op + 1 : c.Abort(op);
    }

    private static bool LowerSelector(in Instruction i, ref Lowering l)
    {
        l.Op->Extra = (ushort)i.Mnemonic;
        bool memory = Lowering.IsMemory(i, 0);
        if (!memory)
        {
            l.Op->Rm = Offsets.Of(i.Op0Register);
            return l.Use(&UseSelectorRegister);
        }

        return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &UseSelectorMemory<Segmented> : &UseSelectorMemory<Flat64>);
    }

    private static Op* UseSelectorRegister(CoreState* s, Op* op, X86Core c) =>
        CheckSelectorUse(s, op, c, out Op* next) ? UseSelector(s, op, c, Registers.Get<ushort>(s, op->Rm)) : next;

    private static Op* UseSelectorMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!CheckSelectorUse(s, op, c, out Op* next))
            return next;
        return Mem.Load<ushort, TAddressing>(s, op, c, out ushort selector) ? UseSelector(s, op, c, selector) : c.Abort(op);
    }

    private static bool CheckSelectorUse(CoreState* s, Op* op, X86Core c, out Op* next)
    {
        next = null;
        if (c.HasParagraphSegments)
        {
            next = c.Undefined(op);
            return false;
        }

        var mnemonic = (Mnemonic)op->Extra;
        if (mnemonic is not (Mnemonic.Lldt or Mnemonic.Ltr))
            return true;
        if (s->Cpl != 0)
        {
            next = c.GeneralProtection(op);
            return false;
        }

        return !c.Intercepted(op, mnemonic == Mnemonic.Lldt ? X86Intercept.Lldt : X86Intercept.Ltr, out next);
    }

    private static Op* UseSelector(CoreState* s, Op* op, X86Core c, ushort selector)
    {
        switch ((Mnemonic)op->Extra)
        {
            case Mnemonic.Lldt:
                return c.Tasks.LoadLdt(selector, 0, X86Exception.GeneralProtection) ? op + 1 : c.Abort(op);
            case Mnemonic.Ltr:
                return LoadTask(s, c, selector) ? op + 1 : c.Abort(op);
            default:
                if (!Verify(s, c, selector, (Mnemonic)op->Extra == Mnemonic.Verw, out bool allowed))
                    return c.Abort(op);
                Flags.SetZero(s, allowed);
                return op + 1;
        }
    }

    private static bool LoadTask(CoreState* s, X86Core c, ushort selector)
    {
        uint error = selector & 0xFFFCu;
        if (error == 0)
            return c.SetFault(X86Exception.GeneralProtection, 0);
        if ((selector & 4) != 0)
            return c.SetFault(X86Exception.GeneralProtection, error);
        if (!c.Segments.ReadDescriptor(selector, X86Exception.GeneralProtection, out Descriptor descriptor))
            return false;
        bool valid = !descriptor.IsSegment
            && (descriptor.Type == SystemType.Tss32Available || (descriptor.Type == SystemType.Tss16Available && !c.IsLongMode));
        if (!valid)
            return c.SetFault(X86Exception.GeneralProtection, error);
        if (!descriptor.IsPresent)
            return c.SetFault(X86Exception.SegmentNotPresent, error);
        if (!c.IsCanonicalBase(descriptor.Base))
            return c.SetFault(X86Exception.GeneralProtection, error);
        descriptor = descriptor with { Low = descriptor.Low | (1UL << 41) };
        if (!c.Segments.WriteType(selector, descriptor))
            return false;
        s->Arch.Segments[(int)X86SegmentRegister.Tr] = descriptor.ToSegment(selector);
        return true;
    }

    private static bool Verify(CoreState* s, X86Core c, ushort selector, bool write, out bool allowed)
    {
        allowed = false;
        if (!TryRead(c, selector, out Descriptor descriptor, out bool found))
            return false;
        if (!found || !descriptor.IsSegment)
            return true;
        bool reachable = descriptor.IsCode && descriptor.IsConforming
            || (descriptor.Dpl >= s->Cpl && descriptor.Dpl >= (selector & 3));
        allowed = reachable && (write ? descriptor.IsWritableData : descriptor.IsReadable);
        return true;
    }

    /// <summary>Reads a descriptor for inspection: one outside its table is no fault.</summary>
    private static bool TryRead(X86Core c, ushort selector, out Descriptor descriptor, out bool found)
    {
        descriptor = default;
        found = (selector & 0xFFFC) != 0 && c.Segments.Locate(selector, 8, out _);
        return !found || c.Segments.ReadDescriptor(selector, X86Exception.GeneralProtection, out descriptor);
    }

    private static bool LowerStore(in Instruction i, ref Lowering l)
    {
        l.Op->Extra = (ushort)i.Mnemonic;
        if (!Lowering.IsMemory(i, 0))
        {
            l.Op->Reg = Offsets.Of(i.Op0Register);
            return l.Use(i.Op0Register.GetSize() switch
            {
                2 => &StoreRegister<ushort>,
                4 => &StoreRegister<uint>,
                _ => &StoreRegister<ulong>,
            });
        }

        return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &StoreMemory<Segmented> : &StoreMemory<Flat64>);
    }

    private static bool Stored(CoreState* s, Op* op, X86Core c, out ushort selector, out Op* next)
    {
        bool local = (Mnemonic)op->Extra == Mnemonic.Sldt;
        selector = s->Arch.Segments[(int)(local ? X86SegmentRegister.Ldtr : X86SegmentRegister.Tr)].Selector;
        if (c.HasParagraphSegments)
        {
            next = c.Undefined(op);
            return false;
        }

        if (c.IsUserInformationPrevented)
        {
            next = c.GeneralProtection(op);
            return false;
        }

        return !c.Intercepted(op, local ? X86Intercept.Sldt : X86Intercept.Str, out next);
    }

    private static Op* StoreRegister<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        if (!Stored(s, op, c, out ushort selector, out Op* next))
            return next;
        ulong value = selector;
        Registers.Set(s, op->Reg, *(T*)&value);
        return op + 1;
    }

    private static Op* StoreMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!Stored(s, op, c, out ushort selector, out Op* next))
            return next;
        return Mem.Store<ushort, TAddressing>(s, op, c, selector) ? op + 1 : c.Abort(op);
    }

    private static bool LowerInspect(in Instruction i, ref Lowering l)
    {
        l.Op->Extra = (ushort)i.Mnemonic;
        l.Op->Reg = Offsets.Of(i.Op0Register);
        l.Op->Size = (byte)i.Op0Register.GetSize();
        if (!Lowering.IsMemory(i, 1))
        {
            l.Op->Rm = Offsets.Of(i.Op1Register);
            return l.Use(&InspectRegister);
        }

        return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &InspectMemory<Segmented> : &InspectMemory<Flat64>);
    }

    private static Op* InspectRegister(CoreState* s, Op* op, X86Core c) => Inspect(s, op, c, Registers.Get<ushort>(s, op->Rm));

    private static Op* InspectMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (c.HasParagraphSegments)
            return c.Undefined(op);
        return Mem.Load<ushort, TAddressing>(s, op, c, out ushort selector) ? Inspect(s, op, c, selector) : c.Abort(op);
    }

    private static Op* Inspect(CoreState* s, Op* op, X86Core c, ushort selector)
    {
        if (c.HasParagraphSegments)
            return c.Undefined(op);
        if (!TryRead(c, selector, out Descriptor descriptor, out bool found))
            return c.Abort(op);
        bool rights = (Mnemonic)op->Extra == Mnemonic.Lar;
        bool allowed = found && IsInspectable(c, descriptor, rights)
            && ((descriptor.IsCode && descriptor.IsConforming) || (descriptor.Dpl >= s->Cpl && descriptor.Dpl >= (selector & 3)));
        Flags.SetZero(s, allowed);
        if (!allowed)
            return op + 1;
        uint value = rights ? (uint)(descriptor.Low >> 32) & 0x00F0_FF00 : descriptor.Limit;
        switch (op->Size)
        {
            case 2: Registers.Set(s, op->Reg, (ushort)value); break;
            case 4: Registers.Set(s, op->Reg, value); break;
            default: Registers.Set(s, op->Reg, (ulong)value); break;
        }

        return op + 1;
    }

    /// <summary>The system types that LAR and LSL know (SDM volume 2, LAR and LSL, type tables).</summary>
    private static bool IsInspectable(X86Core c, in Descriptor descriptor, bool rights)
    {
        if (descriptor.IsSegment)
            return true;
        if (c.IsLongMode)
        {
            return descriptor.Type is SystemType.Ldt or SystemType.Tss32Available or SystemType.Tss32Busy
                || (rights && descriptor.Type == SystemType.CallGate32);
        }

        return descriptor.Type is SystemType.Tss16Available or SystemType.Ldt or SystemType.Tss16Busy or SystemType.Tss32Available or SystemType.Tss32Busy
            || (rights && descriptor.Type is SystemType.CallGate16 or SystemType.TaskGate or SystemType.CallGate32);
    }

    private static bool LowerAdjust(in Instruction i, ref Lowering l)
    {
        l.Op->Reg = Offsets.Of(i.Op1Register);
        if (!Lowering.IsMemory(i, 0))
        {
            l.Op->Rm = Offsets.Of(i.Op0Register);
            return l.Use(&AdjustRegister);
        }

        l.UseMemory(i);
        return l.Use(&AdjustMemory);
    }

    private static Op* AdjustRegister(CoreState* s, Op* op, X86Core c)
    {
        if (c.HasParagraphSegments)
            return c.Undefined(op);
        Registers.Set(s, op->Rm, Adjust(s, op, Registers.Get<ushort>(s, op->Rm)));
        return op + 1;
    }

    private static Op* AdjustMemory(CoreState* s, Op* op, X86Core c)
    {
        if (c.HasParagraphSegments)
            return c.Undefined(op);
        if (!Mem.Modify<ushort, Segmented>(s, op, c, out ulong linear, out ushort* _) || !Mem.LoadAt(s, c, op->Segment, linear, out ushort selector))
            return c.Abort(op);
        return Mem.StoreAt(s, c, op->Segment, linear, Adjust(s, op, selector)) ? op + 1 : c.Abort(op);
    }

    private static ushort Adjust(CoreState* s, Op* op, ushort selector)
    {
        int rpl = Registers.Get<ushort>(s, op->Reg) & 3;
        bool raise = (selector & 3) < rpl;
        Flags.SetZero(s, raise);
        return raise ? (ushort)((selector & 0xFFFC) | rpl) : selector;
    }

    private static bool LowerBound(in Instruction i, ref Lowering l)
    {
        l.UseMemory(i);
        l.Op->Reg = Offsets.Of(i.Op0Register);
        return l.Use(i.Op0Register.GetSize() == 2 ? &Bound16 : &Bound32);
    }

    private static Op* Bound16(CoreState* s, Op* op, X86Core c)
    {
        if (!Mem.Load<uint, Segmented>(s, op, c, out uint bounds))
            return c.Abort(op);
        short index = Registers.Get<short>(s, op->Reg);
        return index < (short)bounds || index > (short)(bounds >> 16) ? c.Raise(op, X86Exception.BoundRange) : op + 1;
    }

    private static Op* Bound32(CoreState* s, Op* op, X86Core c)
    {
        if (!Mem.Load<ulong, Segmented>(s, op, c, out ulong bounds))
            return c.Abort(op);
        int index = Registers.Get<int>(s, op->Reg);
        return index < (int)bounds || index > (int)(bounds >> 32) ? c.Raise(op, X86Exception.BoundRange) : op + 1;
    }
}
