using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Privileged;

/// <summary>RDFSBASE, RDGSBASE, WRFSBASE and WRGSBASE: 64-bit mode only, when CR4.FSGSBASE allows them (SDM volume 2).</summary>
internal static unsafe class SegmentBases
{
    public static void Register(LoweringTable table) =>
        table.Add(&Lower, Mnemonic.Rdfsbase, Mnemonic.Rdgsbase, Mnemonic.Wrfsbase, Mnemonic.Wrgsbase);

    private static bool Lower(in Instruction i, ref Lowering l)
    {
        bool fs = i.Mnemonic is Mnemonic.Rdfsbase or Mnemonic.Wrfsbase;
        l.Op->Reg = Offsets.Of(i.Op0Register);
        l.Op->Rm = Offsets.OfSegmentBase((int)(fs ? X86SegmentRegister.Fs : X86SegmentRegister.Gs));
        l.Op->Size = (byte)i.Op0Register.GetSize();
        return l.Is64Bit && l.Use(i.Mnemonic is Mnemonic.Rdfsbase or Mnemonic.Rdgsbase ? &Read : &Write);
    }

    private static bool IsAllowed(CoreState* s) => (s->Arch.Cr4 & ControlBits.Cr4FsGsBase) != 0;

    private static Op* Read(CoreState* s, Op* op, X86Core c)
    {
        if (!IsAllowed(s))
            return c.Undefined(op);
        ulong value = Registers.Get<ulong>(s, op->Rm);
        Registers.Set(s, op->Reg, op->Size == 8 ? value : (uint)value);
        return op + 1;
    }

    private static Op* Write(CoreState* s, Op* op, X86Core c)
    {
        if (!IsAllowed(s))
            return c.Undefined(op);
        ulong value = op->Size == 8 ? Registers.Get<ulong>(s, op->Reg) : Registers.Get<uint>(s, op->Reg);
        if (!c.IsCanonicalBase(value))
            return c.GeneralProtection(op);
        Registers.Set(s, op->Rm, value);
        return op + 1;
    }
}
