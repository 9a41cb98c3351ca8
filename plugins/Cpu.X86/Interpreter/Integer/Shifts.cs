using System.Numerics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>SHL, SHR, SAR, ROL, ROR, RCL, RCR.</summary>
internal static unsafe class Shifts
{
    public static void Register(LoweringTable table)
    {
        table.Add(&Lower<ShlOperation>, Mnemonic.Shl, Mnemonic.Sal);
        table.Add(&Lower<ShrOperation>, Mnemonic.Shr);
        table.Add(&Lower<SarOperation>, Mnemonic.Sar);
        table.Add(&Lower<RolOperation>, Mnemonic.Rol);
        table.Add(&Lower<RorOperation>, Mnemonic.Ror);
        table.Add(&Lower<RclOperation>, Mnemonic.Rcl);
        table.Add(&Lower<RcrOperation>, Mnemonic.Rcr);
    }

    private static bool Lower<TShift>(in Instruction i, ref Lowering l)
        where TShift : IShift => Operands.Size(i, 0) switch
        {
            1 => Lower<TShift, byte>(i, ref l),
            2 => Lower<TShift, ushort>(i, ref l),
            4 => Lower<TShift, uint>(i, ref l),
            _ => Lower<TShift, ulong>(i, ref l),
        };

    private static bool Lower<TShift, T>(in Instruction i, ref Lowering l)
        where TShift : IShift
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        bool constant = i.Op1Kind != OpKind.Register;
        if (constant)
            l.Op->Immediate = i.Immediate8 & (sizeof(T) == 8 ? 63 : 31);
        if (!Lowering.IsMemory(i, 0))
        {
            l.Op->Reg = Offsets.Of(i.Op0Register);
            return l.Use(constant ? &ShiftHandlers<TShift, T>.RegImm : &ShiftHandlers<TShift, T>.RegCl);
        }

        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => constant ? &ShiftHandlers<TShift, T>.MemImm<BaseDisplacement> : &ShiftHandlers<TShift, T>.MemCl<BaseDisplacement>,
            AddressKind.Flat64 => constant ? &ShiftHandlers<TShift, T>.MemImm<Flat64> : &ShiftHandlers<TShift, T>.MemCl<Flat64>,
            _ => constant ? &ShiftHandlers<TShift, T>.MemImm<Segmented> : &ShiftHandlers<TShift, T>.MemCl<Segmented>,
        });
    }
}
