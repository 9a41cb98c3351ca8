using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers of MASKMOVDQU and MASKMOVQ: bytes whose mask has its sign set go to (R)DI. Faults are as for a store of all bytes, which SDM volume 2 MASKMOVDQU leaves open; no other byte is touched.</summary>
internal static unsafe class MaskedStoreHandlers<TFile>
    where TFile : IRegisterFile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Store<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        if (!TAddressing.Resolve(s, op, c, op->Size, true, out ulong linear) || !c.ProbeWrite(op->Segment, linear, op->Size))
            return c.Abort(op);
        Vector128<byte> data = TFile.Read(s, op->Reg);
        uint mask = TFile.Read(s, op->Rm).ExtractMostSignificantBits();
        for (int i = 0; i < op->Size; i++)
        {
            if (((mask >> i) & 1) != 0 && !Mem.StoreAt(s, c, op->Segment, c.TruncateLinear(linear + (ulong)i), ((byte*)&data)[i]))
                return c.Abort(op);
        }

        TFile.Use(s);
        return op + 1;
    }
}
