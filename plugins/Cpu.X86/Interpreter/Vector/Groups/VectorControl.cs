using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Vex;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>LDMXCSR and STMXCSR, and the fences, which CR0 and CR4 do not bear on.</summary>
internal static unsafe class VectorControl
{
    /// <summary>MXCSR_MASK: every bit that MXCSR has, DAZ included (SDM volume 1, 11.6.6).</summary>
    public const uint MxcsrMask = 0xFFFF;

    public static void Register(LoweringTable table)
    {
        table.Add(&LowerLoad<XmmFile>, Mnemonic.Ldmxcsr);
        table.Add(&LowerLoad<VexFile>, Mnemonic.Vldmxcsr);
        table.Add(&LowerStore<XmmFile>, Mnemonic.Stmxcsr);
        table.Add(&LowerStore<VexFile>, Mnemonic.Vstmxcsr);
        table.Add(&LowerFence, Mnemonic.Sfence, Mnemonic.Lfence, Mnemonic.Mfence);
    }

    private static bool LowerLoad<TFile>(in Instruction i, ref Lowering l)
        where TFile : IRegisterFile => l.Use(l.UseMemory(i) switch
    {
        AddressKind.BaseDisplacement => &Load<TFile, BaseDisplacement>,
        AddressKind.Flat64 => &Load<TFile, Flat64>,
        _ => &Load<TFile, Segmented>,
    });

    private static bool LowerStore<TFile>(in Instruction i, ref Lowering l)
        where TFile : IRegisterFile => l.Use(l.UseMemory(i) switch
    {
        AddressKind.BaseDisplacement => &Store<TFile, BaseDisplacement>,
        AddressKind.Flat64 => &Store<TFile, Flat64>,
        _ => &Store<TFile, Segmented>,
    });

    private static bool LowerFence(in Instruction i, ref Lowering l) => l.Use(i.Mnemonic == Mnemonic.Mfence ? &FullFence : &Fence);

    private static Op* Load<TFile, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TFile : IRegisterFile
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        if (!Mem.Load<uint, TAddressing>(s, op, c, out uint value))
            return c.Abort(op);
        if ((value & ~MxcsrMask) != 0)
            return c.GeneralProtection(op);
        s->Arch.Mxcsr = value;
        return op + 1;
    }

    private static Op* Store<TFile, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TFile : IRegisterFile
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return Mem.Store<uint, TAddressing>(s, op, c, s->Arch.Mxcsr) ? op + 1 : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* FullFence(CoreState* s, Op* op, X86Core c)
    {
        Interlocked.MemoryBarrier();
        return op + 1;
    }

    /// <summary>Loads are ordered among themselves, and so are stores: what a barrier that costs nothing on x86 gives elsewhere too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Fence(CoreState* s, Op* op, X86Core c)
    {
        Volatile.ReadBarrier();
        Volatile.WriteBarrier();
        return op + 1;
    }
}
