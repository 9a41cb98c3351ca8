using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Forms of operations that neither read MXCSR nor raise anything.</summary>
internal static unsafe class PackedForms
{
    /// <summary>128 bits.</summary>
    public readonly struct Xmm<TOperation> : IVexForm
        where TOperation : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            VexFile.Write(s, op->Reg, TOperation.Do(VexFile.Read(s, op->Extra), *(Vector128<byte>*)source, (int)op->Immediate));
            return op + 1;
        }
    }

    /// <summary>256 bits: both halves alike.</summary>
    public readonly struct Ymm<TOperation> : IVexForm
        where TOperation : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            Vector128<byte>* halves = (Vector128<byte>*)source;
            VexFile.Write(
                s,
                op->Reg,
                TOperation.Do(VexFile.Read(s, op->Extra), halves[0], (int)op->Immediate),
                TOperation.Do(VexFile.ReadUpper(s, op->Extra), halves[1], (int)(op->Immediate >> 32)));
            return op + 1;
        }
    }

    /// <summary>256 bits, and a last source of 128 that both halves use.</summary>
    public readonly struct Shared<TOperation> : IVexForm
        where TOperation : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            Vector128<byte> b = *(Vector128<byte>*)source;
            VexFile.Write(
                s,
                op->Reg,
                TOperation.Do(VexFile.Read(s, op->Extra), b, (int)op->Immediate),
                TOperation.Do(VexFile.ReadUpper(s, op->Extra), b, (int)op->Immediate));
            return op + 1;
        }
    }

    /// <summary>256 bits from as many elements in less.</summary>
    public readonly struct Widened<TFrom, TTo> : IVexForm
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            Vector128<byte>* upper = (Vector128<byte>*)(source + (Vector128<TTo>.Count * sizeof(TFrom)));
            VexFile.Write(
                s,
                op->Reg,
                Widening<TFrom, TTo>.Do(default, *(Vector128<byte>*)source, 0),
                Widening<TFrom, TTo>.Do(default, *upper, 0));
            return op + 1;
        }
    }

    /// <summary>256 bits across the halves.</summary>
    public readonly struct Across<TOperation> : IVexForm
        where TOperation : IWideOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            VexFile.Write(s, op->Reg, TOperation.Do(VexFile.ReadWide(s, op->Extra), *(Vector256<byte>*)source, (int)op->Immediate));
            return op + 1;
        }
    }

    /// <summary>A choice by the signs in a fourth register, 128 bits. <see cref="Op.Immediate"/> is where that register is.</summary>
    public readonly struct BlendXmm<T> : IVexForm
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            Vector128<byte> mask = VexFile.Read(s, (int)op->Immediate);
            VexFile.Write(s, op->Reg, PackedArrangement.Select<T>(mask, *(Vector128<byte>*)source, VexFile.Read(s, op->Extra)));
            return op + 1;
        }
    }

    /// <summary>A choice by the signs in a fourth register, 256 bits.</summary>
    public readonly struct BlendYmm<T> : IVexForm
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
        {
            Vector128<byte>* halves = (Vector128<byte>*)source;
            Vector256<byte> mask = VexFile.ReadWide(s, (int)op->Immediate);
            VexFile.Write(
                s,
                op->Reg,
                PackedArrangement.Select<T>(mask.GetLower(), halves[0], VexFile.Read(s, op->Extra)),
                PackedArrangement.Select<T>(mask.GetUpper(), halves[1], VexFile.ReadUpper(s, op->Extra)));
            return op + 1;
        }
    }
}
