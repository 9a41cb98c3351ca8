using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Privileged;

/// <summary>RDPKRU and WRPKRU (SDM volume 2; volume 3A, 4.6.2).</summary>
internal static unsafe class ProtectionKeys
{
    public static void Register(LoweringTable table) => table.Add(&Lower, Mnemonic.Rdpkru, Mnemonic.Wrpkru);

    private static bool Lower(in Instruction i, ref Lowering l) => l.Use(i.Mnemonic == Mnemonic.Rdpkru ? &Read : &Write);

    private static Op* Read(CoreState* s, Op* op, X86Core c)
    {
        if ((s->Arch.Cr4 & ControlBits.Cr4ProtectionKeys) == 0)
            return c.Undefined(op);
        if ((uint)Registers.Get(s, X86Register.Rcx) != 0)
            return c.GeneralProtection(op);
        Registers.Set(s, X86Register.Rax, s->Arch.Pkru);
        Registers.Set(s, X86Register.Rdx, 0);
        return op + 1;
    }

    private static Op* Write(CoreState* s, Op* op, X86Core c)
    {
        if ((s->Arch.Cr4 & ControlBits.Cr4ProtectionKeys) == 0)
            return c.Undefined(op);
        if ((uint)Registers.Get(s, X86Register.Rcx) != 0 || (uint)Registers.Get(s, X86Register.Rdx) != 0)
            return c.GeneralProtection(op);
        c.SetProtectionKeyRights((uint)Registers.Get(s, X86Register.Rax));
        return op + 1;
    }
}
