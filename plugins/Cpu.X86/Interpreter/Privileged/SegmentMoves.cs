using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Privileged;

/// <summary>MOV to and from segment registers, and LDS, LES, LSS, LFS, LGS.</summary>
internal static unsafe class SegmentMoves
{
    public static void Register(LoweringTable table) =>
        table.Add(&LowerFarPointer, Mnemonic.Lds, Mnemonic.Les, Mnemonic.Lss, Mnemonic.Lfs, Mnemonic.Lgs);

    /// <summary>Lowers a MOV with a segment register.</summary>
    public static bool Lower(in Instruction i, ref Lowering l)
    {
        bool load = i.Op0Kind == OpKind.Register && i.Op0Register.IsSegmentRegister();
        int segment = Offsets.SegmentNumber(load ? i.Op0Register : i.Op1Register);
        int other = load ? 1 : 0;
        if (load && segment == (int)X86SegmentRegister.Cs)
            return false;
        bool memory = Lowering.IsMemory(i, other);
        AddressKind kind = memory ? l.UseMemory(i) : AddressKind.None;
        l.Op->Scale = memory ? l.Op->Scale : (byte)0;
        l.Op->Immediate = segment;
        if (!memory)
            l.Op->Rm = Offsets.Of(i.GetOpRegister(other));
        if (load)
        {
            return l.UseLast(kind switch
            {
                AddressKind.None => &LoadRegister,
                AddressKind.Segmented => &LoadMemory<Segmented>,
                _ => &LoadMemory<Flat64>,
            });
        }

        if (kind == AddressKind.None)
        {
            return l.Use(i.Op0Register.GetSize() switch
            {
                2 => &StoreRegister<ushort>,
                4 => &StoreRegister<uint>,
                _ => &StoreRegister<ulong>,
            });
        }

        return l.Use(kind == AddressKind.Segmented ? &StoreMemory<Segmented> : &StoreMemory<Flat64>);
    }

    /// <summary>Ends a load of a segment register: SS opens a shadow.</summary>
    public static Op* AfterLoad(CoreState* s, Op* op, X86Core c, X86SegmentRegister register)
    {
        if (register == X86SegmentRegister.Ss)
        {
            s->Arch.MovSsShadow = true;
            c.OpensShadow = true;
            c.UpdateMode();
            return c.LeaveAfter(op);
        }

        return c.LeaveOrContinue(op);
    }

    private static Op* LoadRegister(CoreState* s, Op* op, X86Core c) => Load(s, op, c, Registers.Get<ushort>(s, op->Rm));

    private static Op* LoadMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing =>
        Mem.Load<ushort, TAddressing>(s, op, c, out ushort selector) ? Load(s, op, c, selector) : c.Abort(op);

    private static Op* Load(CoreState* s, Op* op, X86Core c, ushort selector) =>
        c.Segments.Load((X86SegmentRegister)op->Immediate, selector) ? AfterLoad(s, op, c, (X86SegmentRegister)op->Immediate) : c.Abort(op);

    private static Op* StoreRegister<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong selector = s->Arch.Segments[(int)op->Immediate].Selector;
        Registers.Set(s, op->Rm, *(T*)&selector);
        return op + 1;
    }

    private static Op* StoreMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing =>
        Mem.Store<ushort, TAddressing>(s, op, c, s->Arch.Segments[(int)op->Immediate].Selector) ? op + 1 : c.Abort(op);

    private static bool LowerFarPointer(in Instruction i, ref Lowering l)
    {
        int segment = i.Mnemonic switch
        {
            Mnemonic.Les => (int)X86SegmentRegister.Es,
            Mnemonic.Lds => (int)X86SegmentRegister.Ds,
            Mnemonic.Lss => (int)X86SegmentRegister.Ss,
            Mnemonic.Lfs => (int)X86SegmentRegister.Fs,
            _ => (int)X86SegmentRegister.Gs,
        };
        l.Op->Immediate = segment;
        l.Op->Reg = Offsets.Of(i.Op0Register);
        AddressKind kind = l.UseMemory(i);
        bool segmented = kind == AddressKind.Segmented;
        return l.UseLast(i.Op0Register.GetSize() switch
        {
            2 => segmented ? &LoadPointer<ushort, Segmented> : &LoadPointer<ushort, Flat64>,
            4 => segmented ? &LoadPointer<uint, Segmented> : &LoadPointer<uint, Flat64>,
            _ => segmented ? &LoadPointer<ulong, Segmented> : &LoadPointer<ulong, Flat64>,
        });
    }

    private static Op* LoadPointer<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (!FarOperand.Load<T, TAddressing>(s, op, c, out T offset, out ushort selector))
            return c.Abort(op);
        if (!c.Segments.Load((X86SegmentRegister)op->Immediate, selector))
            return c.Abort(op);
        Registers.Set(s, op->Reg, offset);
        return c.LeaveOrContinue(op);
    }
}
