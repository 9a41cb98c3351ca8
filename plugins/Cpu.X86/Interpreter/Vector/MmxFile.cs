using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector;

/// <summary>The MMX registers. Every MMX instruction but EMMS makes all x87 registers valid and TOP zero; one that writes a register sets its sign and exponent (SDM volume 1, 9.6.2).</summary>
internal readonly unsafe struct MmxFile : IRegisterFile
{
    private const int Top = 7 << 11;
    private const int ErrorSummary = 1 << 7;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBlocked(CoreState* s) => (s->MmxBlocked | (s->Arch.FloatStatus & ErrorSummary)) != 0;

    public static Op* Refuse(CoreState* s, Op* op, X86Core c) => Availability.RefuseMmx(s, op, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Read(CoreState* s, int offset) => Vector128.CreateScalar(*(ulong*)((byte*)s + offset)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(CoreState* s, int offset, Vector128<byte> value)
    {
        ulong* register = (ulong*)((byte*)s + offset);
        register[0] = value.AsUInt64().ToScalar();
        register[1] = 0xFFFF;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Load<TAddressing>(CoreState* s, Op* op, X86Core c, out Vector128<byte> value)
        where TAddressing : IAddressing
    {
        bool ok = Mem.Load<ulong, TAddressing>(s, op, c, out ulong loaded);
        value = Vector128.CreateScalar(loaded).AsByte();
        return ok;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Use(CoreState* s)
    {
        s->Arch.FloatTag = 0;
        s->Arch.FloatStatus = (ushort)(s->Arch.FloatStatus & ~Top);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void UsePart(CoreState* s, int offset)
    {
        byte* start = (byte*)&s->Arch.Float;
        long register = ((byte*)s + offset - start) & -sizeof(UInt128);
        *(ulong*)(start + register + sizeof(ulong)) = 0xFFFF;
    }
}
