using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector;

/// <summary>The XMM registers as SSE instructions without VEX use them: the upper half of a YMM register stays (SDM volume 1, 14.1.2), operands in memory are aligned (SDM volume 1, 4.1.1).</summary>
internal readonly unsafe struct XmmFile : IRegisterFile
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBlocked(CoreState* s) => s->SseBlocked != 0;

    public static Op* Refuse(CoreState* s, Op* op, X86Core c) => Availability.RefuseSse(s, op, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Read(CoreState* s, int offset) => *(Vector128<byte>*)((byte*)s + offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(CoreState* s, int offset, Vector128<byte> value) => *(Vector128<byte>*)((byte*)s + offset) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Load<TAddressing>(CoreState* s, Op* op, X86Core c, out Vector128<byte> value)
        where TAddressing : IAddressing => VectorMemory.LoadAligned<TAddressing>(s, op, c, out value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Use(CoreState* s)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void UsePart(CoreState* s, int offset)
    {
    }
}
