using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Privileged;

/// <summary>INVPCID (SDM volume 2; volume 3A, 4.10.4.1).</summary>
internal static unsafe class ContextInvalidation
{
    private const ulong Address = 0;
    private const ulong Context = 1;
    private const ulong AllWithGlobal = 2;
    private const ulong All = 3;
    private const ulong PcidMask = 0xFFF;

    public static void Register(LoweringTable table) => table.Add(&Lower, Mnemonic.Invpcid);

    private static bool Lower(in Instruction i, ref Lowering l)
    {
        l.Op->Reg = Offsets.Of(i.Op0Register);
        return l.UseLast(l.UseMemory(i) == AddressKind.Segmented ? &Invalidate<Segmented> : &Invalidate<Flat64>);
    }

    private static Op* Invalidate<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Invpcid, out Op* next))
            return next;
        if (!Mem.Load<UInt128, TAddressing>(s, op, c, out UInt128 descriptor))
            return c.Abort(op);
        ulong type = c.Is64Bit ? Registers.Get<ulong>(s, op->Reg) : Registers.Get<uint>(s, op->Reg);
        ulong pcid = (ulong)descriptor;
        ulong linear = (ulong)(descriptor >> 64);
        bool usesPcid = type is Address or Context;
        if (type > All
            || (pcid & ~PcidMask) != 0
            || (usesPcid && pcid != 0 && (s->Arch.Cr4 & ControlBits.Cr4Pcid) == 0)
            || (type == Address && !c.IsCanonicalBase(linear)))
            return c.GeneralProtection(op);
        switch (type)
        {
            case Address:
                c.FlushPage(c.TruncateLinear(linear), (uint)pcid);
                break;
            case Context:
                c.FlushContext((uint)pcid);
                break;
            case AllWithGlobal:
                c.FlushTranslations(X86FlushScope.All, 0);
                break;
            default:
                c.FlushNonGlobal();
                break;
        }

        Interlocked.MemoryBarrier();
        return c.LeaveAfter(op);
    }
}
