using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>MOV of general-purpose registers (segment, control and debug registers are System's), MOVZX, MOVSX, MOVSXD, LEA, BSWAP, the sign extensions of the accumulator, NOP.</summary>
internal static unsafe class Moves
{
    public static void Register(LoweringTable table)
    {
        table.Add(&Move, Mnemonic.Mov);
        table.Add(&ZeroExtend, Mnemonic.Movzx);
        table.Add(&SignExtend, Mnemonic.Movsx, Mnemonic.Movsxd);
        table.Add(&LoadAddress, Mnemonic.Lea);
        table.Add(&ByteSwap, Mnemonic.Bswap);
        table.Add(&Accumulator, Mnemonic.Cbw, Mnemonic.Cwde, Mnemonic.Cdqe, Mnemonic.Cwd, Mnemonic.Cdq, Mnemonic.Cqo);
        table.Add(
            &NoOperation,
            Mnemonic.Nop, Mnemonic.Endbr32, Mnemonic.Endbr64, Mnemonic.Pause, Mnemonic.Reservednop,
            Mnemonic.Prefetch, Mnemonic.Prefetchw, Mnemonic.Prefetchwt1, Mnemonic.Prefetchnta, Mnemonic.Prefetcht0, Mnemonic.Prefetcht1, Mnemonic.Prefetcht2);
    }

    private static bool Move(in Instruction i, ref Lowering l)
    {
        Register target = i.Op0Kind == OpKind.Register ? i.Op0Register : Iced.Intel.Register.None;
        Register source = i.Op1Kind == OpKind.Register ? i.Op1Register : Iced.Intel.Register.None;
        if (target.IsSegmentRegister() || source.IsSegmentRegister())
            return Privileged.SegmentMoves.Lower(i, ref l);
        if (target.IsCR() || source.IsCR() || target.IsDR() || source.IsDR() || target.IsTR() || source.IsTR())
            return Privileged.ControlMoves.Lower(i, ref l);
        return Operands.Size(i, 0) switch
        {
            1 => Move<byte>(i, ref l),
            2 => Move<ushort>(i, ref l),
            4 => Move<uint>(i, ref l),
            _ => Move<ulong>(i, ref l),
        };
    }

    private static bool Move<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        bool immediate = Operands.IsImmediate(i, 1);
        if (immediate)
            l.Op->Immediate = (long)i.GetImmediate(1);
        if (Lowering.IsMemory(i, 0))
        {
            AddressKind kind = l.UseMemory(i);
            if (!immediate)
                l.Op->Reg = Offsets.Of(i.Op1Register);
            return l.Use(kind switch
            {
                AddressKind.BaseDisplacement => immediate ? &MoveHandlers<T>.MemImm<BaseDisplacement> : &MoveHandlers<T>.MemReg<BaseDisplacement>,
                AddressKind.Flat64 => immediate ? &MoveHandlers<T>.MemImm<Flat64> : &MoveHandlers<T>.MemReg<Flat64>,
                _ => immediate ? &MoveHandlers<T>.MemImm<Segmented> : &MoveHandlers<T>.MemReg<Segmented>,
            });
        }

        l.Op->Reg = Offsets.Of(i.Op0Register);
        if (immediate)
            return l.Use(&MoveHandlers<T>.RegImm);
        if (Lowering.IsMemory(i, 1))
        {
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.BaseDisplacement => &MoveHandlers<T>.RegMem<BaseDisplacement>,
                AddressKind.Flat64 => &MoveHandlers<T>.RegMem<Flat64>,
                _ => &MoveHandlers<T>.RegMem<Segmented>,
            });
        }

        l.Op->Rm = Offsets.Of(i.Op1Register);
        return l.Use(&MoveHandlers<T>.RegReg);
    }

    private static bool ZeroExtend(in Instruction i, ref Lowering l) => (Operands.Size(i, 1), Operands.Size(i, 0)) switch
    {
        (1, 2) => Extend<byte, ushort>(i, ref l),
        (1, 4) => Extend<byte, uint>(i, ref l),
        (1, 8) => Extend<byte, ulong>(i, ref l),
        (2, 2) => Extend<ushort, ushort>(i, ref l),
        (2, 4) => Extend<ushort, uint>(i, ref l),
        (2, 8) => Extend<ushort, ulong>(i, ref l),
        _ => false,
    };

    private static bool SignExtend(in Instruction i, ref Lowering l) => (Operands.Size(i, 1), Operands.Size(i, 0)) switch
    {
        (1, 2) => Extend<sbyte, ushort>(i, ref l),
        (1, 4) => Extend<sbyte, uint>(i, ref l),
        (1, 8) => Extend<sbyte, ulong>(i, ref l),
        (2, 2) => Extend<short, ushort>(i, ref l),
        (2, 4) => Extend<short, uint>(i, ref l),
        (2, 8) => Extend<short, ulong>(i, ref l),
        (4, 2) => Extend<int, ushort>(i, ref l),
        (4, 4) => Extend<int, uint>(i, ref l),
        (4, 8) => Extend<int, ulong>(i, ref l),
        _ => false,
    };

    private static bool Extend<TFrom, TTo>(in Instruction i, ref Lowering l)
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>
    {
        l.Op->Reg = Offsets.Of(i.Op0Register);
        if (Lowering.IsMemory(i, 1))
        {
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.BaseDisplacement => &ExtendHandlers<TFrom, TTo>.Mem<BaseDisplacement>,
                AddressKind.Flat64 => &ExtendHandlers<TFrom, TTo>.Mem<Flat64>,
                _ => &ExtendHandlers<TFrom, TTo>.Mem<Segmented>,
            });
        }

        l.Op->Rm = Offsets.Of(i.Op1Register);
        return l.Use(&ExtendHandlers<TFrom, TTo>.Reg);
    }

    private static bool LoadAddress(in Instruction i, ref Lowering l)
    {
        l.UseMemory(i);
        l.Op->Reg = Offsets.Of(i.Op0Register);
        bool wide = l.Is64Bit && l.Op->AddressMask == uint.MaxValue
            && (i.MemoryBase.GetSize() == 8 || i.MemoryIndex.GetSize() == 8 || i.MemoryDisplSize == 8);
        return l.Use(Operands.Size(i, 0) switch
        {
            2 => &AddressOf<ushort>,
            4 => wide ? &AddressOf<uint> : &MaskedAddressOf<uint>,
            _ => wide ? &AddressOf<ulong> : &MaskedAddressOf<ulong>,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* AddressOf<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong address = *(ulong*)((byte*)s + op->Base) + (*(ulong*)((byte*)s + op->Index) << op->Scale) + (ulong)op->Displacement;
        Registers.Set(s, op->Reg, *(T*)&address);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* MaskedAddressOf<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong address = (uint)(*(ulong*)((byte*)s + op->Base) + (*(ulong*)((byte*)s + op->Index) << op->Scale) + (ulong)op->Displacement) & op->AddressMask;
        Registers.Set(s, op->Reg, *(T*)&address);
        return op + 1;
    }

    private static bool ByteSwap(in Instruction i, ref Lowering l)
    {
        l.Op->Reg = Offsets.Of(i.Op0Register);
        return l.Use(Operands.Size(i, 0) switch
        {
            2 => &Swap16,
            4 => &Swap32,
            _ => &Swap64,
        });
    }

    /// <summary>BSWAP of 16 bits is undefined (SDM volume 2); processors clear the register's low half.</summary>
    private static Op* Swap16(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set<ushort>(s, op->Reg, 0);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Swap32(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, op->Reg, System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(Registers.Get<uint>(s, op->Reg)));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Swap64(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, op->Reg, System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(Registers.Get<ulong>(s, op->Reg)));
        return op + 1;
    }

    private static bool Accumulator(in Instruction i, ref Lowering l) => l.Use(i.Mnemonic switch
    {
        Mnemonic.Cbw => &ExtendAccumulator<sbyte, ushort>,
        Mnemonic.Cwde => &ExtendAccumulator<short, uint>,
        Mnemonic.Cdqe => &ExtendAccumulator<int, ulong>,
        Mnemonic.Cwd => &SpreadSign<short, ushort>,
        Mnemonic.Cdq => &SpreadSign<int, uint>,
        _ => &SpreadSign<long, ulong>,
    });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* ExtendAccumulator<TFrom, TTo>(CoreState* s, Op* op, X86Core c)
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>
    {
        Registers.Set(s, 0, TTo.CreateTruncating(Registers.Get<TFrom>(s, 0)));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* SpreadSign<TSigned, T>(CoreState* s, Op* op, X86Core c)
        where TSigned : unmanaged, IBinaryInteger<TSigned>
        where T : unmanaged, IBinaryInteger<T>
    {
        Registers.Set(s, 8 * (int)X86Register.Rdx, TSigned.IsNegative(Registers.Get<TSigned>(s, 0)) ? ~T.Zero : T.Zero);
        return op + 1;
    }

    private static bool NoOperation(in Instruction i, ref Lowering l) => l.Use(i.Mnemonic == Mnemonic.Pause ? &Privileged.SystemInstructions.Pause : &Nothing);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Nothing(CoreState* s, Op* op, X86Core c) => op + 1;
}
