using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>RDRAND and RDSEED: there is always a number, so CF is always set (SDM volume 1, 7.3.17).</summary>
internal static unsafe class RandomNumbers
{
    public static void Register(LoweringTable table) => table.Add(&Lower, Mnemonic.Rdrand, Mnemonic.Rdseed);

    private static bool Lower(in Instruction i, ref Lowering l)
    {
        l.Op->Reg = Offsets.Of(i.Op0Register);
        l.Op->Extra = (ushort)i.Mnemonic;
        return l.Use(i.Op0Register.GetSize() switch
        {
            2 => &Read<ushort>,
            4 => &Read<uint>,
            _ => &Read<ulong>,
        });
    }

    private static Op* Read<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        X86Intercept intercept = (Mnemonic)op->Extra == Mnemonic.Rdrand ? X86Intercept.Rdrand : X86Intercept.Rdseed;
        if (c.Intercepted(op, intercept, out Op* next))
            return next;
        ulong number = c.Random.Next();
        Registers.Set(s, op->Reg, *(T*)&number);
        Flags.SetStatus(s, Flags.Carry);
        return op + 1;
    }
}
