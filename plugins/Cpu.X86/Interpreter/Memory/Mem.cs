using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>Access to operands in memory: the inlined way to what the translations hold, and the call for all else. A result of false means that a fault is recorded and the instruction must be given up with <see cref="X86Core.Abort"/>.</summary>
internal static unsafe class Mem
{
    private const ulong PageMask = ~0xFFFUL;

    /// <summary>Reads the memory operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Load<T, TAddressing>(CoreState* s, Op* op, X86Core c, out T value)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (!TAddressing.Resolve(s, op, c, sizeof(T), false, out ulong linear))
        {
            value = default;
            return false;
        }

        return LoadAt(s, c, op->Segment, linear, out value);
    }

    /// <summary>Reads at a linear address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LoadAt<T>(CoreState* s, X86Core c, int segment, ulong linear, out T value)
        where T : unmanaged
    {
        TlbEntry* entry = Tlb.Slot(s->Tlb, linear);
        if (((linear + (ulong)(sizeof(T) - 1)) & PageMask) == entry->ReadTag)
        {
            value = Unsafe.ReadUnaligned<T>((void*)(linear + (ulong)entry->Addend));
            return true;
        }

        return LoadMiss(c, segment, linear, out value);
    }

    /// <summary>Writes the memory operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Store<T, TAddressing>(CoreState* s, Op* op, X86Core c, T value)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        return TAddressing.Resolve(s, op, c, sizeof(T), true, out ulong linear)
            && StoreAt(s, c, op->Segment, linear, value);
    }

    /// <summary>Writes at a linear address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool StoreAt<T>(CoreState* s, X86Core c, int segment, ulong linear, T value)
        where T : unmanaged
    {
        TlbEntry* entry = Tlb.Slot(s->Tlb, linear);
        if (((linear + (ulong)(sizeof(T) - 1)) & PageMask) == entry->WriteTag)
        {
            Unsafe.WriteUnaligned((void*)(linear + (ulong)entry->Addend), value);
            return true;
        }

        return StoreMiss(c, segment, linear, value);
    }

    /// <summary>Prepares to read and write the memory operand in one instruction.</summary>
    /// <param name="s">The state.</param>
    /// <param name="op">The instruction.</param>
    /// <param name="c">The core.</param>
    /// <param name="linear">The linear address.</param>
    /// <param name="host">The host address, or null when the operand must be read by <see cref="LoadAt"/> and written by <see cref="StoreAt"/>; the write then cannot fault.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Modify<T, TAddressing>(CoreState* s, Op* op, X86Core c, out ulong linear, out T* host)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (!TAddressing.Resolve(s, op, c, sizeof(T), true, out linear))
        {
            host = null;
            return false;
        }

        return ModifyAt(s, c, op->Segment, linear, out host);
    }

    /// <summary>Prepares to read and write at a linear address in one instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ModifyAt<T>(CoreState* s, X86Core c, int segment, ulong linear, out T* host)
        where T : unmanaged
    {
        TlbEntry* entry = Tlb.Slot(s->Tlb, linear);
        if (((linear + (ulong)(sizeof(T) - 1)) & PageMask) == entry->WriteTag)
        {
            host = (T*)(linear + (ulong)entry->Addend);
            return true;
        }

        return ModifyMiss(c, segment, linear, out host);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool LoadMiss<T>(X86Core c, int segment, ulong linear, out T value)
        where T : unmanaged
    {
        T loaded;
        bool ok = c.LoadSlow(segment, linear, &loaded, sizeof(T));
        value = loaded;
        return ok;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool StoreMiss<T>(X86Core c, int segment, ulong linear, T value)
        where T : unmanaged => c.StoreSlow(segment, linear, &value, sizeof(T));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ModifyMiss<T>(X86Core c, int segment, ulong linear, out T* host)
        where T : unmanaged
    {
        bool ok = c.PrepareModify(segment, linear, sizeof(T), out byte* address);
        host = (T*)address;
        return ok;
    }
}
