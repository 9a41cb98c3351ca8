using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>The vector registers as instructions with VEX use them: a result of 128 bits clears the upper half of its YMM register (SDM volume 1, 14.1.3), operands in memory need no alignment.</summary>
internal readonly unsafe struct VexFile : IRegisterFile
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBlocked(CoreState* s) => s->AvxBlocked != 0;

    public static Op* Refuse(CoreState* s, Op* op, X86Core c) => Availability.RefuseAvx(op, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Read(CoreState* s, int offset) => *(Vector128<byte>*)((byte*)s + offset);

    /// <summary>Reads all 256 bits of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ReadWide(CoreState* s, int offset) => *(Vector256<byte>*)((byte*)s + offset);

    /// <summary>Reads the upper half of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ReadUpper(CoreState* s, int offset) => *(Vector128<byte>*)((byte*)s + offset + sizeof(Vector128<byte>));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(CoreState* s, int offset, Vector128<byte> value) => Write(s, offset, value, Vector128<byte>.Zero);

    /// <summary>Writes both halves of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(CoreState* s, int offset, Vector128<byte> lower, Vector128<byte> upper)
    {
        Vector128<byte>* register = (Vector128<byte>*)((byte*)s + offset);
        register[0] = lower;
        register[1] = upper;
    }

    /// <summary>Writes all 256 bits of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(CoreState* s, int offset, Vector256<byte> value) => *(Vector256<byte>*)((byte*)s + offset) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Load<TAddressing>(CoreState* s, Op* op, X86Core c, out Vector128<byte> value)
        where TAddressing : IAddressing => Mem.Load<Vector128<byte>, TAddressing>(s, op, c, out value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Use(CoreState* s)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void UsePart(CoreState* s, int offset)
    {
    }
}
