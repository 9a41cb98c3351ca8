using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>DAA, DAS, AAA, AAS, AAM, AAD, XLAT's arithmetic kin: none exists in 64-bit mode.</summary>
internal static unsafe class DecimalAdjust
{
    public static void Register(LoweringTable table) =>
        table.Add(&Lower, Mnemonic.Daa, Mnemonic.Das, Mnemonic.Aaa, Mnemonic.Aas, Mnemonic.Aam, Mnemonic.Aad);

    private static bool Lower(in Instruction i, ref Lowering l)
    {
        l.Op->Immediate = i.OpCount == 1 ? i.Immediate8 : 10;
        return l.Use(i.Mnemonic switch
        {
            Mnemonic.Daa => &Daa,
            Mnemonic.Das => &Das,
            Mnemonic.Aaa => &Aaa,
            Mnemonic.Aas => &Aas,
            Mnemonic.Aam => &Aam,
            _ => &Aad,
        });
    }

    private static Op* Daa(CoreState* s, Op* op, X86Core c) => AdjustDecimal(s, op, false);

    private static Op* Das(CoreState* s, Op* op, X86Core c) => AdjustDecimal(s, op, true);

    private static Op* AdjustDecimal(CoreState* s, Op* op, bool subtract)
    {
        byte al = Registers.Get<byte>(s, 0);
        bool oldCarry = Flags.GetCarry(s);
        bool adjust = (al & 15) > 9 || Flags.GetAdjust(s);
        bool carry = oldCarry || al > 0x99;
        int result = al;
        bool borrow = false;
        if (adjust)
        {
            borrow = subtract && result < 6;
            result += subtract ? -6 : 6;
        }

        if (carry)
            result += subtract ? -0x60 : 0x60;
        Registers.Set(s, 0, (byte)result);
        Flags.SetResult(s, (byte)result, carry || (subtract && borrow), false);
        SetAdjust(s, adjust);
        return op + 1;
    }

    private static Op* Aaa(CoreState* s, Op* op, X86Core c) => AsciiAdjust(s, op, 0x106);

    private static Op* Aas(CoreState* s, Op* op, X86Core c) => AsciiAdjust(s, op, -0x106);

    private static Op* AsciiAdjust(CoreState* s, Op* op, int step)
    {
        ushort ax = Registers.Get<ushort>(s, 0);
        bool adjust = (ax & 15) > 9 || Flags.GetAdjust(s);
        if (adjust)
            ax = (ushort)(ax + step);
        ax &= 0xFF0F;
        Registers.Set(s, 0, ax);
        Flags.SetResult(s, (byte)ax, adjust, false);
        SetAdjust(s, adjust);
        return op + 1;
    }

    private static Op* Aam(CoreState* s, Op* op, X86Core c)
    {
        byte divisor = (byte)op->Immediate;
        if (divisor == 0)
            return c.Raise(op, X86Exception.DivideError);
        byte al = Registers.Get<byte>(s, 0);
        Registers.Set(s, 0, (ushort)(((al / divisor) << 8) | (al % divisor)));
        Flags.SetLogic(s, (byte)(al % divisor));
        return op + 1;
    }

    private static Op* Aad(CoreState* s, Op* op, X86Core c)
    {
        ushort ax = Registers.Get<ushort>(s, 0);
        byte result = (byte)((byte)ax + ((ax >> 8) * (byte)op->Immediate));
        Registers.Set(s, 0, (ushort)result);
        Flags.SetLogic(s, result);
        return op + 1;
    }

    private static void SetAdjust(CoreState* s, bool value) =>
        Flags.SetStatus(s, (Flags.GetStatus(s) & ~Flags.Adjust) | (value ? Flags.Adjust : 0));
}
