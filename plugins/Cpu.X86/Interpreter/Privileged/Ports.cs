using Dominion.Buses;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;
using Dominion.Cpu.X86.SystemRegisters;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Privileged;

/// <summary>IN and OUT, and what they share with INS and OUTS.</summary>
internal static unsafe class Ports
{
    public static void Register(LoweringTable table) => table.Add(&Lower, Mnemonic.In, Mnemonic.Out);

    /// <summary>Checks the right to a range of ports (SDM volume 1, 19.5).</summary>
    public static bool Check(CoreState* s, X86Core c, ushort port, int size)
    {
        if (!c.IsProtected || (!c.IsVirtual8086 && s->Cpl <= ((int)(s->Arch.Rflags >> 12) & 3)))
            return true;
        return c.Tasks.AllowsPorts(port, size);
    }

    /// <summary>Reads a port.</summary>
    public static uint Read(Op* op, X86Core c, ushort port, int size)
    {
        c.CurrentOp = op;
        Note(c, port, size);
        uint value = c.Ports.Read(port, (AccessWidth)size, c.Index);
        c.CurrentOp = null;
        return value;
    }

    /// <summary>Writes a port.</summary>
    public static void Write(Op* op, X86Core c, ushort port, int size, uint value)
    {
        c.CurrentOp = op;
        Note(c, port, size);
        c.Ports.Write(port, (AccessWidth)size, value, c.Index);
        c.CurrentOp = null;
    }

    /// <summary>Asks whether an access is intercepted.</summary>
    public static bool Intercepted(Op* op, X86Core c, ushort port, int size, bool write, ref uint value, ulong linear, out Op* next)
    {
        next = null;
        if (!c.IsIntercepted(X86Intercept.PortAccess))
            return false;
        bool repeated = (op->Prefix & (OpPrefix.Repeat | OpPrefix.RepeatNotEqual)) != 0;
        var info = new X86InterceptInfo
        {
            Intercept = X86Intercept.PortAccess,
            Stage = X86InterceptStage.AfterChecks,
            Operand = port,
            Width = (byte)size,
            IsWrite = write,
            IsString = linear != 0,
            IsRepeated = repeated,
            Value = value,
            LinearAddress = linear,
        };
        bool over = c.Intercepted(op, ref info, out next);
        value = (uint)info.Value;
        return over;
    }

    private static void Note(X86Core c, ushort port, int size)
    {
        ref X86State state = ref c.State;
        if ((state.Dr7 & 0xFF) != 0 && (state.Cr4 & ControlBits.Cr4DebuggingExtensions) != 0)
            state.PendingDebug |= DebugRegisters.MatchPort(ref state, port, size);
    }

    private static bool Lower(in Instruction i, ref Lowering l)
    {
        bool write = i.Mnemonic == Mnemonic.Out;
        int portOperand = write ? 0 : 1;
        l.Op->Immediate = i.GetOpKind(portOperand) == OpKind.Register ? -1 : i.Immediate8;
        int size = i.GetOpRegister(1 - portOperand).GetSize();
        return l.Use(size switch
        {
            1 => write ? &Out<byte> : &In<byte>,
            2 => write ? &Out<ushort> : &In<ushort>,
            _ => write ? &Out<uint> : &In<uint>,
        });
    }

    private static ushort Port(CoreState* s, Op* op) => op->Immediate < 0 ? (ushort)Registers.Get(s, X86Register.Rdx) : (ushort)op->Immediate;

    private static Op* In<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ushort port = Port(s, op);
        if (!Check(s, c, port, sizeof(T)))
            return c.Abort(op);
        uint value = 0;
        if (Intercepted(op, c, port, sizeof(T), false, ref value, 0, out Op* next))
            return next;
        value = Read(op, c, port, sizeof(T));
        Registers.Set(s, 0, *(T*)&value);
        return c.LeaveOrContinue(op);
    }

    private static Op* Out<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ushort port = Port(s, op);
        if (!Check(s, c, port, sizeof(T)))
            return c.Abort(op);
        uint value = 0;
        *(T*)&value = Registers.Get<T>(s, 0);
        if (Intercepted(op, c, port, sizeof(T), true, ref value, 0, out Op* next))
            return next;
        Write(op, c, port, sizeof(T), value);
        return c.LeaveOrContinue(op);
    }
}
