using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>The stack in the current mode: which part of RSP counts, and the checks of SS.</summary>
internal static unsafe class Stack
{
    private const int Ss = (int)X86SegmentRegister.Ss;

    /// <summary>The bits of RSP that count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mask(CoreState* s) =>
        (s->Mode & BlockMode.Code64) != 0 ? ulong.MaxValue : (s->Mode & BlockMode.Stack32) != 0 ? uint.MaxValue : 0xFFFFUL;

    /// <summary>RSP as an offset in SS.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Pointer(CoreState* s) => s->Arch.Gpr[(int)X86Register.Rsp] & Mask(s);

    /// <summary>Sets the part of RSP that counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetPointer(CoreState* s, ulong value)
    {
        ulong mask = Mask(s);
        ref ulong rsp = ref s->Arch.Gpr[(int)X86Register.Rsp];
        rsp = mask == 0xFFFF ? (rsp & ~mask) | (value & mask) : value & mask;
    }

    /// <summary>Pushes a value; RSP moves only when the write succeeds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Push<T>(CoreState* s, X86Core c, T value)
        where T : unmanaged
    {
        if ((s->Mode & BlockMode.Code64) != 0)
        {
            ulong pointer = s->Arch.Gpr[(int)X86Register.Rsp] - (ulong)sizeof(T);
            if (!Mem.StoreAt(s, c, Ss, pointer, value))
                return false;
            s->Arch.Gpr[(int)X86Register.Rsp] = pointer;
            return true;
        }

        return PushSegmented(s, c, value);
    }

    /// <summary>Pops a value; RSP moves only when the read succeeds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Pop<T>(CoreState* s, X86Core c, out T value)
        where T : unmanaged
    {
        if ((s->Mode & BlockMode.Code64) != 0)
        {
            ulong pointer = s->Arch.Gpr[(int)X86Register.Rsp];
            if (!Mem.LoadAt(s, c, Ss, pointer, out value))
                return false;
            s->Arch.Gpr[(int)X86Register.Rsp] = pointer + (ulong)sizeof(T);
            return true;
        }

        if (!Peek(s, c, 0, out value))
            return false;
        SetPointer(s, s->Arch.Gpr[(int)X86Register.Rsp] + (ulong)sizeof(T));
        return true;
    }

    /// <summary>Reads from the stack without moving RSP.</summary>
    /// <param name="s">The state.</param>
    /// <param name="c">The core.</param>
    /// <param name="offset">Bytes above the top of the stack.</param>
    /// <param name="value">What is there.</param>
    public static bool Peek<T>(CoreState* s, X86Core c, ulong offset, out T value)
        where T : unmanaged
    {
        ulong pointer = (s->Arch.Gpr[(int)X86Register.Rsp] + offset) & Mask(s);
        if (!Resolve(s, c, pointer, sizeof(T), false, out ulong linear))
        {
            value = default;
            return false;
        }

        return Mem.LoadAt(s, c, Ss, linear, out value);
    }

    /// <summary>Makes a linear address from an offset in SS.</summary>
    public static bool Resolve(CoreState* s, X86Core c, ulong pointer, int size, bool write, out ulong linear)
    {
        if ((s->Mode & BlockMode.Code64) != 0)
        {
            linear = pointer;
            return true;
        }

        linear = (uint)(s->Arch.Segments[Ss].Base + pointer);
        uint flat = write ? s->FlatForWrite : s->FlatForRead;
        return ((flat >> Ss) & 1) != 0 || c.CheckSegment(Ss, (uint)pointer, size, write);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool PushSegmented<T>(CoreState* s, X86Core c, T value)
        where T : unmanaged
    {
        ulong pointer = (s->Arch.Gpr[(int)X86Register.Rsp] - (ulong)sizeof(T)) & Mask(s);
        if (!Resolve(s, c, pointer, sizeof(T), true, out ulong linear) || !Mem.StoreAt(s, c, Ss, linear, value))
            return false;
        SetPointer(s, pointer);
        return true;
    }
}
