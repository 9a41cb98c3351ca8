using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector;

/// <summary>Memory operands of vector instructions.</summary>
internal static unsafe class VectorMemory
{
    /// <summary>Reads 16 bytes that must be aligned, else #GP(0) (SDM volume 1, 4.1.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LoadAligned<TAddressing>(CoreState* s, Op* op, X86Core c, out Vector128<byte> value)
        where TAddressing : IAddressing
    {
        if (!TAddressing.Resolve(s, op, c, sizeof(Vector128<byte>), false, out ulong linear) || !IsAligned(c, linear))
        {
            value = default;
            return false;
        }

        return Mem.LoadAt(s, c, op->Segment, linear, out value);
    }

    /// <summary>Writes 16 bytes that must be aligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool StoreAligned<TAddressing>(CoreState* s, Op* op, X86Core c, Vector128<byte> value)
        where TAddressing : IAddressing =>
        TAddressing.Resolve(s, op, c, sizeof(Vector128<byte>), true, out ulong linear)
        && IsAligned(c, linear)
        && Mem.StoreAt(s, c, op->Segment, linear, value);

    /// <summary>Reads <see cref="Op.Size"/> bytes of any alignment, extended with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LoadPartial<TAddressing>(CoreState* s, Op* op, X86Core c, out Vector128<byte> value)
        where TAddressing : IAddressing
    {
        bool ok;
        ulong loaded;
        switch (op->Size)
        {
            case sizeof(ulong):
                ok = Mem.Load<ulong, TAddressing>(s, op, c, out loaded);
                break;
            case sizeof(uint):
                ok = Mem.Load<uint, TAddressing>(s, op, c, out uint loaded32);
                loaded = loaded32;
                break;
            case sizeof(ushort):
                ok = Mem.Load<ushort, TAddressing>(s, op, c, out ushort loaded16);
                loaded = loaded16;
                break;
            case sizeof(byte):
                ok = Mem.Load<byte, TAddressing>(s, op, c, out byte loaded8);
                loaded = loaded8;
                break;
            default:
                return Mem.Load<Vector128<byte>, TAddressing>(s, op, c, out value);
        }

        value = Vector128.CreateScalar(loaded).AsByte();
        return ok;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAligned(X86Core c, ulong linear) =>
        (linear & (ulong)(sizeof(Vector128<byte>) - 1)) == 0 || c.SetFault(X86Exception.GeneralProtection, 0);
}
