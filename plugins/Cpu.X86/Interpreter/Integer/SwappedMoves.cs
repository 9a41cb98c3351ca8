using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>MOVBE: between a register and memory, with the bytes in reverse order.</summary>
internal static unsafe class SwappedMoves
{
    public static void Register(LoweringTable table) => table.Add(&Lower, Mnemonic.Movbe);

    private static bool Lower(in Instruction i, ref Lowering l) => i.MemorySize.GetSize() switch
    {
        2 => Lower<ushort>(i, ref l),
        4 => Lower<uint>(i, ref l),
        _ => Lower<ulong>(i, ref l),
    };

    private static bool Lower<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        bool loads = Lowering.IsMemory(i, 1);
        l.Op->Reg = Offsets.Of(loads ? i.Op0Register : i.Op1Register);
        bool segmented = l.UseMemory(i) == AddressKind.Segmented;
        if (loads)
            return l.Use(segmented ? &Load<T, Segmented> : &Load<T, Flat64>);
        return l.Use(segmented ? &Store<T, Segmented> : &Store<T, Flat64>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Load<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (!Mem.Load<T, TAddressing>(s, op, c, out T value))
            return c.Abort(op);
        Registers.Set(s, op->Reg, Reverse(value));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Store<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing =>
        Mem.Store<T, TAddressing>(s, op, c, Reverse(Registers.Get<T>(s, op->Reg))) ? op + 1 : c.Abort(op);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Reverse<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(ushort))
        {
            ushort reversed = BinaryPrimitives.ReverseEndianness(*(ushort*)&value);
            return *(T*)&reversed;
        }

        if (typeof(T) == typeof(uint))
        {
            uint reversed = BinaryPrimitives.ReverseEndianness(*(uint*)&value);
            return *(T*)&reversed;
        }

        ulong wide = BinaryPrimitives.ReverseEndianness(*(ulong*)&value);
        return *(T*)&wide;
    }
}
