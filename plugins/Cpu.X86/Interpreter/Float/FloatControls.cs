using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>FNINIT, FNCLEX, FLDCW, FNSTCW, FNSTSW, FNSTENV, FLDENV, FNSAVE, FRSTOR, FFREE, FFREEP, FINCSTP, FDECSTP, FNOP, WAIT, EMMS, and the no-operations of older units. The forms without FN are WAIT and the form with FN. Of these only FFREE, FFREEP, FINCSTP, FDECSTP and FNOP are recorded as the last instruction (SDM volume 1, 8.1.8).</summary>
internal static unsafe class FloatControls
{
    public static void Register(LoweringTable table)
    {
        table.Add(&Recorded, Mnemonic.Fincstp, Mnemonic.Fdecstp, Mnemonic.Fnop);
        table.Add(&Simple, Mnemonic.Fninit, Mnemonic.Fnclex, Mnemonic.Wait, Mnemonic.Emms, Mnemonic.Fndisi, Mnemonic.Fneni, Mnemonic.Fnsetpm);
        table.Add(&FreeRegister, Mnemonic.Ffree, Mnemonic.Ffreep);
        table.Add(&Words, Mnemonic.Fldcw, Mnemonic.Fnstcw, Mnemonic.Fnstsw);
        table.Add(&Images, Mnemonic.Fnstenv, Mnemonic.Fldenv, Mnemonic.Fnsave, Mnemonic.Frstor);
    }

    private static bool Simple(in Instruction i, ref Lowering l) => l.Use(i.Mnemonic switch
    {
        Mnemonic.Fninit => &Initialize,
        Mnemonic.Fnclex => &ClearExceptions,
        Mnemonic.Wait => &Wait,
        Mnemonic.Emms => &EmptyTags,
        _ => &NothingWithoutWaiting,
    });

    private static bool Recorded(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseOpcode(ref l);
        return l.Use(i.Mnemonic switch
        {
            Mnemonic.Fincstp => &IncrementTop,
            Mnemonic.Fdecstp => &DecrementTop,
            _ => &Nothing,
        });
    }

    private static bool FreeRegister(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseStack(ref l, FloatLowering.Number(i.Op0Register), 0, i.Mnemonic == Mnemonic.Ffreep ? 1 : 0);
        return l.Use(&Free);
    }

    private static bool Words(in Instruction i, ref Lowering l)
    {
        if (!Lowering.IsMemory(i, 0))
        {
            l.Op->Reg = Offsets.Of(i.Op0Register);
            return l.Use(&StoreStatusRegister);
        }

        AddressKind kind = l.UseMemory(i);
        return i.Mnemonic switch
        {
            Mnemonic.Fldcw => l.Use(kind switch
            {
                AddressKind.BaseDisplacement => &LoadControl<BaseDisplacement>,
                AddressKind.Flat64 => &LoadControl<Flat64>,
                _ => &LoadControl<Segmented>,
            }),
            Mnemonic.Fnstcw => l.Use(kind switch
            {
                AddressKind.BaseDisplacement => &StoreControl<BaseDisplacement>,
                AddressKind.Flat64 => &StoreControl<Flat64>,
                _ => &StoreControl<Segmented>,
            }),
            _ => l.Use(kind switch
            {
                AddressKind.BaseDisplacement => &StoreStatus<BaseDisplacement>,
                AddressKind.Flat64 => &StoreStatus<Flat64>,
                _ => &StoreStatus<Segmented>,
            }),
        };
    }

    private static bool Images(in Instruction i, ref Lowering l)
    {
        bool segmented = l.UseMemory(i) == AddressKind.Segmented;
        l.Op->Size = (byte)(i.MemorySize is MemorySize.FpuEnv28 or MemorySize.FpuState108 ? 4 : 2);
        return l.Use(i.Mnemonic switch
        {
            Mnemonic.Fnstenv => segmented ? &StoreEnvironment<Segmented> : &StoreEnvironment<Flat64>,
            Mnemonic.Fldenv => segmented ? &LoadEnvironment<Segmented> : &LoadEnvironment<Flat64>,
            Mnemonic.Fnsave => segmented ? &Save<Segmented> : &Save<Flat64>,
            _ => segmented ? &Restore<Segmented> : &Restore<Flat64>,
        });
    }

    private static Op* Initialize(CoreState* s, Op* op, X86Core c)
    {
        if (s->FloatBlocked != 0)
            return FloatStack.Refuse(s, op, c);
        FloatStack.Initialize(s);
        return op + 1;
    }

    private static Op* ClearExceptions(CoreState* s, Op* op, X86Core c)
    {
        if (s->FloatBlocked != 0)
            return FloatStack.Refuse(s, op, c);
        s->Arch.FloatStatus &= FloatBits.Top | FloatBits.ConditionCodes;
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* IncrementTop(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        FloatStack.ClearC1(s);
        FloatStack.MoveTop(s, 1);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* DecrementTop(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        FloatStack.ClearC1(s);
        FloatStack.MoveTop(s, -1);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Free(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        FloatStack.ClearC1(s);
        FloatStack.Free(s, op->Reg);
        FloatStack.Pop(s, op->Size);
        return op + 1;
    }

    /// <summary>WAIT is refused only when CR0.MP and CR0.TS are both set (SDM volume 3A, table 2-1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Wait(CoreState* s, Op* op, X86Core c)
    {
        const ulong Both = ControlBits.Cr0MonitorCoprocessor | ControlBits.Cr0TaskSwitched;
        if ((s->Arch.Cr0 & Both) == Both)
            return c.Raise(op, X86Exception.DeviceNotAvailable);
        if ((s->Arch.FloatStatus & FloatBits.ErrorSummary) != 0)
            return c.Raise(op, X86Exception.FloatingPointError);
        return op + 1;
    }

    /// <summary>EMMS is an MMX instruction: #UD rather than #NM under CR0.EM, and TOP becomes 0 (SDM volume 3A, 13.1 and table 13-1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* EmptyTags(CoreState* s, Op* op, X86Core c)
    {
        if ((s->Arch.Cr0 & ControlBits.Cr0Emulation) != 0)
            return c.Undefined(op);
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        s->Arch.FloatTag = FloatBits.EmptyTags;
        s->Arch.FloatStatus = (ushort)(s->Arch.FloatStatus & ~FloatBits.Top);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Nothing(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        return op + 1;
    }

    private static Op* NothingWithoutWaiting(CoreState* s, Op* op, X86Core c) =>
        s->FloatBlocked != 0 ? FloatStack.Refuse(s, op, c) : op + 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* LoadControl<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        if (!Mem.Load<ushort, TAddressing>(s, op, c, out ushort value))
            return c.Abort(op);
        FloatStack.SetControl(s, value);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* StoreControl<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->FloatBlocked != 0)
            return FloatStack.Refuse(s, op, c);
        return Mem.Store<ushort, TAddressing>(s, op, c, s->Arch.FloatControl) ? op + 1 : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* StoreStatus<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->FloatBlocked != 0)
            return FloatStack.Refuse(s, op, c);
        return Mem.Store<ushort, TAddressing>(s, op, c, s->Arch.FloatStatus) ? op + 1 : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* StoreStatusRegister(CoreState* s, Op* op, X86Core c)
    {
        if (s->FloatBlocked != 0)
            return FloatStack.Refuse(s, op, c);
        Registers.Set(s, op->Reg, s->Arch.FloatStatus);
        return op + 1;
    }

    /// <summary>FNSTENV masks all exceptions once the environment is stored (SDM volume 2, FSTENV/FNSTENV).</summary>
    private static Op* StoreEnvironment<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->FloatBlocked != 0)
            return FloatStack.Refuse(s, op, c);
        byte* image = stackalloc byte[FloatEnvironment.Size32];
        FloatEnvironment.Write(s, image, op->Size == 4, IsProtected(s));
        int size = FloatEnvironment.Size32 * op->Size / 4;
        if (!TAddressing.Resolve(s, op, c, size, true, out ulong linear) || !c.StoreSlow(op->Segment, linear, image, size))
            return c.Abort(op);
        FloatStack.SetControl(s, (ushort)(s->Arch.FloatControl | FloatBits.Exceptions));
        return op + 1;
    }

    private static Op* LoadEnvironment<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        byte* image = stackalloc byte[FloatEnvironment.Size32];
        int size = FloatEnvironment.Size32 * op->Size / 4;
        if (!TAddressing.Resolve(s, op, c, size, false, out ulong linear) || !c.LoadSlow(op->Segment, linear, image, size))
            return c.Abort(op);
        FloatEnvironment.Read(s, image, op->Size == 4, IsProtected(s));
        return op + 1;
    }

    private static Op* Save<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->FloatBlocked != 0)
            return FloatStack.Refuse(s, op, c);
        byte* image = stackalloc byte[FloatEnvironment.Size32 + FloatEnvironment.RegistersSize];
        int environment = FloatEnvironment.Size32 * op->Size / 4;
        int size = environment + FloatEnvironment.RegistersSize;
        FloatEnvironment.Write(s, image, op->Size == 4, IsProtected(s));
        FloatEnvironment.WriteRegisters(s, image + environment);
        if (!TAddressing.Resolve(s, op, c, size, true, out ulong linear) || !c.StoreSlow(op->Segment, linear, image, size))
            return c.Abort(op);
        FloatStack.Initialize(s);
        return op + 1;
    }

    private static Op* Restore<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        byte* image = stackalloc byte[FloatEnvironment.Size32 + FloatEnvironment.RegistersSize];
        int environment = FloatEnvironment.Size32 * op->Size / 4;
        int size = environment + FloatEnvironment.RegistersSize;
        if (!TAddressing.Resolve(s, op, c, size, false, out ulong linear) || !c.LoadSlow(op->Segment, linear, image, size))
            return c.Abort(op);
        FloatEnvironment.Read(s, image, op->Size == 4, IsProtected(s));
        FloatEnvironment.ReadRegisters(s, image + environment);
        return op + 1;
    }

    private static bool IsProtected(CoreState* s) => (s->Mode & BlockMode.Protected) != 0;
}
