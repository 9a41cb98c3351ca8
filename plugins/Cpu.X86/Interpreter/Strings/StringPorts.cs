using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Privileged;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Strings;

/// <summary>INS and OUTS.</summary>
internal static unsafe class StringPorts
{
    public static void Register(LoweringTable table)
    {
        table.Add(&LowerIn, Mnemonic.Insb, Mnemonic.Insw, Mnemonic.Insd);
        table.Add(&LowerOut, Mnemonic.Outsb, Mnemonic.Outsw, Mnemonic.Outsd);
    }

    private static bool LowerIn(in Instruction i, ref Lowering l)
    {
        StringOperands.Fill(i, ref l);
        return l.Use(StringOperands.ElementSize(i) switch
        {
            1 => &In<byte>,
            2 => &In<ushort>,
            _ => &In<uint>,
        });
    }

    private static bool LowerOut(in Instruction i, ref Lowering l)
    {
        StringOperands.Fill(i, ref l);
        return l.Use(StringOperands.ElementSize(i) switch
        {
            1 => &Out<byte>,
            2 => &Out<ushort>,
            _ => &Out<uint>,
        });
    }

    private static Op* In<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ushort port = (ushort)Registers.Get(s, X86Register.Rdx);
        if (!Ports.Check(s, c, port, sizeof(T)))
            return c.Abort(op);
        var run = new StringRun(s, op, sizeof(T));
        while (run.Remaining != 0)
        {
            // The destination is checked before the port is read: a read cannot be taken back.
            if (!run.Destination<T>(s, c, true, out ulong to) || !c.ProbeWrite((int)X86SegmentRegister.Es, to, sizeof(T)))
                return c.Abort(op);
            uint value = 0;
            if (Ports.Intercepted(op, c, port, sizeof(T), false, ref value, to, out Op* next))
                return next;
            value = Ports.Read(op, c, port, sizeof(T));
            if (!Mem.StoreAt(s, c, (int)X86SegmentRegister.Es, to, *(T*)&value))
                return c.Abort(op);
            run.Advance(s, 1, false, true);
            if (run.Remaining != 0 && run.MustYield(s))
                return c.LeaveBefore(op);
        }

        return op + 1;
    }

    private static Op* Out<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ushort port = (ushort)Registers.Get(s, X86Register.Rdx);
        if (!Ports.Check(s, c, port, sizeof(T)))
            return c.Abort(op);
        var run = new StringRun(s, op, sizeof(T));
        while (run.Remaining != 0)
        {
            if (!run.Source<T>(s, op, c, out ulong from) || !Mem.LoadAt(s, c, op->Segment, from, out T element))
                return c.Abort(op);
            uint value = 0;
            *(T*)&value = element;
            if (Ports.Intercepted(op, c, port, sizeof(T), true, ref value, from, out Op* next))
                return next;
            Ports.Write(op, c, port, sizeof(T), value);
            run.Advance(s, 1, true, false);
            if (run.Remaining != 0 && run.MustYield(s))
                return c.LeaveBefore(op);
        }

        return op + 1;
    }
}
