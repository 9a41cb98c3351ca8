using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Strings;

/// <summary>The way of a string instruction through its elements. The registers are up to date after every element, so that a fault or an interrupt in between leaves an instruction that goes on where it was (SDM volume 2, REP).</summary>
internal unsafe ref struct StringRun
{
    private readonly long _step;
    private readonly int _addressSize;

    public StringRun(CoreState* s, Op* op, int elementSize)
    {
        _addressSize = op->Size;
        _step = (s->Arch.Rflags & Flags.Direction) != 0 ? -elementSize : elementSize;
        IsRepeated = (op->Prefix & (OpPrefix.Repeat | OpPrefix.RepeatNotEqual)) != 0;
        Remaining = IsRepeated ? Get(s, X86Register.Rcx) : 1;
    }

    /// <summary>Whether there is a REP prefix.</summary>
    public bool IsRepeated { get; }

    /// <summary>How many elements are left.</summary>
    public ulong Remaining { get; private set; }

    /// <summary>The linear address of the source element, unchecked.</summary>
    public readonly ulong SourceLinear(CoreState* s, Op* op) => Linear(s, op->Segment, Get(s, X86Register.Rsi), *(ulong*)((byte*)s + op->SegmentBase));

    /// <summary>The linear address of the destination element, unchecked.</summary>
    public readonly ulong DestinationLinear(CoreState* s) =>
        Linear(s, (int)X86SegmentRegister.Es, Get(s, X86Register.Rdi), Is64Bit(s) ? 0 : s->Arch.Segments[(int)X86SegmentRegister.Es].Base);

    /// <summary>Resolves the source element.</summary>
    public readonly bool Source<T>(CoreState* s, Op* op, X86Core c, out ulong linear)
        where T : unmanaged
    {
        linear = SourceLinear(s, op);
        return Is64Bit(s) || ((s->FlatForRead >> op->Segment) & 1) != 0
            || c.CheckSegment(op->Segment, (uint)Get(s, X86Register.Rsi), sizeof(T), false);
    }

    /// <summary>Resolves the destination element, which is always in ES.</summary>
    public readonly bool Destination<T>(CoreState* s, X86Core c, bool write, out ulong linear)
        where T : unmanaged
    {
        const int Es = (int)X86SegmentRegister.Es;
        linear = DestinationLinear(s);
        return Is64Bit(s) || (((write ? s->FlatForWrite : s->FlatForRead) >> Es) & 1) != 0
            || c.CheckSegment(Es, (uint)Get(s, X86Register.Rdi), sizeof(T), write);
    }

    /// <summary>Whether several elements may be done at once: upwards, in flat segments, without a wrap of the index registers, and not one by one for a debugger.</summary>
    public readonly bool CanRunAhead(CoreState* s, int segment)
    {
        if (_step < 0 || (s->Mode & BlockMode.Single) != 0)
            return false;
        if (_addressSize == 8)
            return true;
        const uint Es = 1u << (int)X86SegmentRegister.Es;
        bool flat = Is64Bit(s) || ((s->FlatForRead >> segment) & 1) != 0 && (s->FlatForWrite & Es) != 0;
        ulong limit = _addressSize == 2 ? 0xF000u : 0xFFFF_F000u;
        return flat && Get(s, X86Register.Rsi) < limit && Get(s, X86Register.Rdi) < limit;
    }

    /// <summary>Moves the registers behind elements that are done.</summary>
    public void Advance(CoreState* s, ulong count, bool source, bool destination)
    {
        if (source)
            Set(s, X86Register.Rsi, s->Arch.Gpr[(int)X86Register.Rsi] + (ulong)(_step * (long)count));
        if (destination)
            Set(s, X86Register.Rdi, s->Arch.Gpr[(int)X86Register.Rdi] + (ulong)(_step * (long)count));
        Remaining -= count;
        if (!IsRepeated)
            return;
        Set(s, X86Register.Rcx, Remaining);
        s->Budget -= (long)((count + 15) >> 4);
    }

    /// <summary>Whether events must be looked at before the next element.</summary>
    public readonly bool MustYield(CoreState* s) => Volatile.Read(ref s->Attention) != 0 || s->Budget <= 0 || (s->Mode & BlockMode.Single) != 0;

    /// <summary>Whether a comparison ends the repetition.</summary>
    public readonly bool Ends(Op* op, bool equal) =>
        (op->Prefix & OpPrefix.Repeat) != 0 ? !equal : (op->Prefix & OpPrefix.RepeatNotEqual) != 0 && equal;

    private static bool Is64Bit(CoreState* s) => (s->Mode & BlockMode.Code64) != 0;

    private static ulong Linear(CoreState* s, int segment, ulong offset, ulong segmentBase) =>
        Is64Bit(s) ? offset + (segment >= (int)X86SegmentRegister.Fs ? segmentBase : 0) : (uint)(segmentBase + offset);

    private readonly ulong Get(CoreState* s, X86Register register)
    {
        ulong value = s->Arch.Gpr[(int)register];
        return _addressSize switch
        {
            8 => value,
            4 => (uint)value,
            _ => (ushort)value,
        };
    }

    private readonly void Set(CoreState* s, X86Register register, ulong value)
    {
        switch (_addressSize)
        {
            case 8: s->Arch.Gpr[(int)register] = value; break;
            case 4: s->Arch.Gpr[(int)register] = (uint)value; break;
            default: Registers.Set(s, 8 * (int)register, (ushort)value); break;
        }
    }
}
