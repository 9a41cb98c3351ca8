using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Integer;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Strings;

/// <summary>MOVS, STOS, LODS, CMPS, SCAS, with and without repetition, and XLAT.</summary>
internal static unsafe class StringMoves
{
    public static void Register(LoweringTable table)
    {
        table.Add(&Lower, Mnemonic.Movsb, Mnemonic.Movsw, Mnemonic.Movsd, Mnemonic.Movsq);
        table.Add(&Lower, Mnemonic.Stosb, Mnemonic.Stosw, Mnemonic.Stosd, Mnemonic.Stosq);
        table.Add(&Lower, Mnemonic.Lodsb, Mnemonic.Lodsw, Mnemonic.Lodsd, Mnemonic.Lodsq);
        table.Add(&Lower, Mnemonic.Cmpsb, Mnemonic.Cmpsw, Mnemonic.Cmpsd, Mnemonic.Cmpsq);
        table.Add(&Lower, Mnemonic.Scasb, Mnemonic.Scasw, Mnemonic.Scasd, Mnemonic.Scasq);
        table.Add(&LowerTranslate, Mnemonic.Xlatb);
    }

    private static bool Lower(in Instruction i, ref Lowering l)
    {
        // MOVSD and CMPSD are also SSE2 mnemonics: those have register operands or ModRM memory.
        if (!i.IsStringInstruction)
            return false;
        StringOperands.Fill(i, ref l);
        return StringOperands.ElementSize(i) switch
        {
            1 => Lower<byte>(i, ref l),
            2 => Lower<ushort>(i, ref l),
            4 => Lower<uint>(i, ref l),
            _ => Lower<ulong>(i, ref l),
        };
    }

    private static bool Lower<T>(in Instruction i, ref Lowering l)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        return l.Use(i.Mnemonic switch
        {
            Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd or Mnemonic.Movsq => &Move<T>,
            Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq => &Store<T>,
            Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq => &Load<T>,
            Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd or Mnemonic.Cmpsq => &Compare<T>,
            _ => &Scan<T>,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Move<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        var run = new StringRun(s, op, sizeof(T));
        while (run.Remaining != 0)
        {
            if (run.IsRepeated)
            {
                ulong moved = MoveMany<T>(s, op, c, run);
                if (moved != 0)
                {
                    run.Advance(s, moved, true, true);
                    if (run.Remaining == 0)
                        break;
                    if (run.MustYield(s))
                        return c.LeaveBefore(op);
                    continue;
                }
            }

            if (!run.Source<T>(s, op, c, out ulong from) || !Mem.LoadAt(s, c, op->Segment, from, out T value)
                || !run.Destination<T>(s, c, true, out ulong to) || !Mem.StoreAt(s, c, (int)X86SegmentRegister.Es, to, value))
                return c.Abort(op);
            run.Advance(s, 1, true, true);
            if (run.Remaining != 0 && run.MustYield(s))
                return c.LeaveBefore(op);
        }

        return op + 1;
    }

    /// <summary>Moves as many elements at once as lie in plain memory of one page on both sides, upwards.</summary>
    /// <returns>How many; 0 when it must go one by one.</returns>
    private static ulong MoveMany<T>(CoreState* s, Op* op, X86Core c, in StringRun run)
        where T : unmanaged
    {
        if (!run.CanRunAhead(s, op->Segment))
            return 0;
        ulong from = run.SourceLinear(s, op);
        ulong to = run.DestinationLinear(s);
        ulong count = Math.Min(run.Remaining, Math.Min(4096 - (from & 0xFFF), 4096 - (to & 0xFFF)) / (ulong)sizeof(T));
        TlbEntry* source = Tlb.Slot(s->Tlb, from);
        TlbEntry* target = Tlb.Slot(s->Tlb, to);
        if (count == 0 || source->ReadTag != (from & ~0xFFFUL) || target->WriteTag != (to & ~0xFFFUL))
            return 0;
        byte* fromHost = (byte*)(from + (ulong)source->Addend);
        byte* toHost = (byte*)(to + (ulong)target->Addend);
        ulong bytes = count * (ulong)sizeof(T);
        if (toHost > fromHost && toHost < fromHost + bytes)
        {
            // An overlap ahead of the source repeats what has just been written: element by element.
            for (ulong i = 0; i < count; i++)
                Unsafe.WriteUnaligned(toHost + (i * (ulong)sizeof(T)), Unsafe.ReadUnaligned<T>(fromHost + (i * (ulong)sizeof(T))));
        }
        else
        {
            Buffer.MemoryCopy(fromHost, toHost, bytes, bytes);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Store<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        T value = Registers.Get<T>(s, 0);
        var run = new StringRun(s, op, sizeof(T));
        while (run.Remaining != 0)
        {
            if (run.IsRepeated)
            {
                ulong stored = StoreMany(s, run, value);
                if (stored != 0)
                {
                    run.Advance(s, stored, false, true);
                    if (run.Remaining == 0)
                        break;
                    if (run.MustYield(s))
                        return c.LeaveBefore(op);
                    continue;
                }
            }

            if (!run.Destination<T>(s, c, true, out ulong to) || !Mem.StoreAt(s, c, (int)X86SegmentRegister.Es, to, value))
                return c.Abort(op);
            run.Advance(s, 1, false, true);
            if (run.Remaining != 0 && run.MustYield(s))
                return c.LeaveBefore(op);
        }

        return op + 1;
    }

    private static ulong StoreMany<T>(CoreState* s, in StringRun run, T value)
        where T : unmanaged
    {
        if (!run.CanRunAhead(s, (int)X86SegmentRegister.Es))
            return 0;
        ulong to = run.DestinationLinear(s);
        ulong count = Math.Min(run.Remaining, (4096 - (to & 0xFFF)) / (ulong)sizeof(T));
        TlbEntry* target = Tlb.Slot(s->Tlb, to);
        if (count == 0 || target->WriteTag != (to & ~0xFFFUL))
            return 0;
        new Span<T>((void*)(to + (ulong)target->Addend), (int)count).Fill(value);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Load<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        var run = new StringRun(s, op, sizeof(T));
        while (run.Remaining != 0)
        {
            if (!run.Source<T>(s, op, c, out ulong from) || !Mem.LoadAt(s, c, op->Segment, from, out T value))
                return c.Abort(op);
            Registers.Set(s, 0, value);
            run.Advance(s, 1, true, false);
            if (run.Remaining != 0 && run.MustYield(s))
                return c.LeaveBefore(op);
        }

        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Compare<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        var run = new StringRun(s, op, sizeof(T));
        while (run.Remaining != 0)
        {
            if (!run.Source<T>(s, op, c, out ulong from) || !Mem.LoadAt(s, c, op->Segment, from, out T a)
                || !run.Destination<T>(s, c, false, out ulong to) || !Mem.LoadAt(s, c, (int)X86SegmentRegister.Es, to, out T b))
                return c.Abort(op);
            CmpOperation.Do(s, a, b);
            run.Advance(s, 1, true, true);
            if (run.Ends(op, a == b))
                break;
            if (run.Remaining != 0 && run.MustYield(s))
                return c.LeaveBefore(op);
        }

        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Scan<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T a = Registers.Get<T>(s, 0);
        var run = new StringRun(s, op, sizeof(T));
        while (run.Remaining != 0)
        {
            if (!run.Destination<T>(s, c, false, out ulong to) || !Mem.LoadAt(s, c, (int)X86SegmentRegister.Es, to, out T b))
                return c.Abort(op);
            CmpOperation.Do(s, a, b);
            run.Advance(s, 1, false, true);
            if (run.Ends(op, a == b))
                break;
            if (run.Remaining != 0 && run.MustYield(s))
                return c.LeaveBefore(op);
        }

        return op + 1;
    }

    private static bool LowerTranslate(in Instruction i, ref Lowering l)
    {
        l.Op->Base = Offsets.Of(i.MemoryBase);
        AddressKind kind = l.SetSegment(l.SegmentOf(i), i.MemoryBase.GetSize());
        return l.Use(kind == AddressKind.Segmented ? &Translate<Segmented> : &Translate<Flat64>);
    }

    private static Op* Translate<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        Op moved = *op;
        moved.Displacement = Registers.Get<byte>(s, 0);
        if (!TAddressing.Resolve(s, &moved, c, 1, false, out ulong linear) || !Mem.LoadAt(s, c, op->Segment, linear, out byte value))
            return c.Abort(op);
        Registers.Set(s, 0, value);
        return op + 1;
    }
}
