using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
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
        table.Add(&LowerLoad, Mnemonic.Ldmxcsr);
        table.Add(&LowerStore, Mnemonic.Stmxcsr);
        table.Add(&LowerFence, Mnemonic.Sfence, Mnemonic.Lfence, Mnemonic.Mfence);
    }

    private static bool LowerLoad(in Instruction i, ref Lowering l) => l.Use(l.UseMemory(i) switch
    {
        AddressKind.BaseDisplacement => &Load<BaseDisplacement>,
        AddressKind.Flat64 => &Load<Flat64>,
        _ => &Load<Segmented>,
    });

    private static bool LowerStore(in Instruction i, ref Lowering l) => l.Use(l.UseMemory(i) switch
    {
        AddressKind.BaseDisplacement => &Store<BaseDisplacement>,
        AddressKind.Flat64 => &Store<Flat64>,
        _ => &Store<Segmented>,
    });

    private static bool LowerFence(in Instruction i, ref Lowering l) => l.Use(i.Mnemonic == Mnemonic.Mfence ? &FullFence : &Fence);

    private static Op* Load<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        if (!Mem.Load<uint, TAddressing>(s, op, c, out uint value))
            return c.Abort(op);
        if ((value & ~MxcsrMask) != 0)
            return c.GeneralProtection(op);
        s->Arch.Mxcsr = value;
        return op + 1;
    }

    private static Op* Store<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
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
