using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>The register stack, the tags and the status word, and what every x87 instruction starts and ends with. A register's tag is 3 when it is empty and 0 when it is not; the other two values are worked out when the tag word is stored.</summary>
internal static unsafe class FloatStack
{
    /// <summary>Whether a waiting instruction must not run: the unit is not available, or an exception is pending.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBlocked(CoreState* s) => (s->FloatBlocked | (s->Arch.FloatStatus & FloatBits.ErrorSummary)) != 0;

    /// <summary>#NM, or else #MF for the exception that is pending. The system without CR0.NE (an interrupt by way of FERR#) has no counterpart here: it gets #MF too.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Op* Refuse(CoreState* s, Op* op, X86Core c) =>
        c.Raise(op, s->FloatBlocked != 0 ? X86Exception.DeviceNotAvailable : X86Exception.FloatingPointError);

    /// <summary>Records the last instruction (SDM volume 1, 8.1.8). Its opcode is in <see cref="Op.Extra"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Record(CoreState* s, Op* op, X86Core c)
    {
        s->Arch.FloatInstruction = c.OpRip(op);
        s->Arch.FloatOpcode = op->Extra;
        s->Arch.FloatInstructionSelector = s->Arch.Segments[(int)X86SegmentRegister.Cs].Selector;
    }

    /// <summary>Records the last instruction and its memory operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Record(CoreState* s, Op* op, X86Core c, ulong linear)
    {
        Record(s, op, c);
        ulong offset = linear - *(ulong*)((byte*)s + op->SegmentBase);
        s->Arch.FloatOperand = (op->Prefix & OpPrefix.Long) != 0 ? offset : (uint)offset;
        s->Arch.FloatOperandSelector = s->Arch.Segments[op->Segment].Selector;
    }

    /// <summary>The physical number of ST(i).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Physical(CoreState* s, int i) => ((s->Arch.FloatStatus >> FloatBits.TopShift) + i) & 7;

    /// <summary>Where ST(i) is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float80* At(CoreState* s, int i) => (Float80*)&s->Arch.Float + Physical(s, i);

    /// <summary>Whether ST(i) is empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsEmpty(CoreState* s, int i) => ((s->Arch.FloatTag >> (2 * Physical(s, i))) & 3) == 3;

    /// <summary>Writes ST(i), which is then not empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(CoreState* s, int i, Float80 value)
    {
        int physical = Physical(s, i);
        ulong* register = (ulong*)((Float80*)&s->Arch.Float + physical);
        register[0] = value.Significand;
        register[1] = value.SignExponent;
        s->Arch.FloatTag &= (ushort)~(3 << (2 * physical));
    }

    /// <summary>Marks ST(i) as empty; its contents stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Free(CoreState* s, int i) => s->Arch.FloatTag |= (ushort)(3 << (2 * Physical(s, i)));

    /// <summary>Moves TOP; the tags stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MoveTop(CoreState* s, int by)
    {
        ushort status = s->Arch.FloatStatus;
        s->Arch.FloatStatus = (ushort)((status & ~FloatBits.Top) | ((status + (by << FloatBits.TopShift)) & FloatBits.Top));
    }

    /// <summary>Pushes a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Push(CoreState* s, Float80 value)
    {
        MoveTop(s, -1);
        Write(s, 0, value);
    }

    /// <summary>Pops none, one or two registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pop(CoreState* s, int count)
    {
        for (; count > 0; count--)
        {
            Free(s, 0);
            MoveTop(s, 1);
        }
    }

    /// <summary>Puts an operation's exceptions and C1 into the status word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Report(CoreState* s, in X87Context context)
    {
        int status = (s->Arch.FloatStatus & ~FloatBits.C1) | (int)context.Raised;
        if (context.RoundedUp)
            status |= FloatBits.C1;
        if (context.Unmasked != 0)
            status |= FloatBits.ErrorSummary | FloatBits.Busy;
        s->Arch.FloatStatus = (ushort)status;
    }

    /// <summary>Clears C1, as an instruction does that cannot round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ClearC1(CoreState* s) => s->Arch.FloatStatus &= unchecked((ushort)~FloatBits.C1);

    /// <summary>An operand was in an empty register (SDM volume 1, 8.5.1.1).</summary>
    /// <returns>Whether the masked response follows: the indefinite value.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Underflow(CoreState* s)
    {
        ClearC1(s);
        return Fault(s);
    }

    /// <summary>A push found its register in use (SDM volume 1, 8.5.1.1).</summary>
    /// <returns>Whether the masked response follows: the indefinite value.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Overflow(CoreState* s)
    {
        s->Arch.FloatStatus |= FloatBits.C1;
        return Fault(s);
    }

    /// <summary>Sets C3, C2 and C0 to the three bits of a <see cref="FloatRelation"/> or a <see cref="Float80Class"/>, and clears C1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetRelation(CoreState* s, int bits) =>
        SetConditionCodes(s, ((bits & 1) << 8) | ((bits & 2) << 9) | ((bits & 4) << 12));

    /// <summary>Sets all four condition codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetConditionCodes(CoreState* s, int bits) =>
        s->Arch.FloatStatus = (ushort)((s->Arch.FloatStatus & ~FloatBits.ConditionCodes) | bits);

    /// <summary>Sets the control word. An exception that was recorded before becomes pending, or ceases to be, as it is unmasked or masked.</summary>
    public static void SetControl(CoreState* s, ushort value)
    {
        s->Arch.FloatControl = (ushort)((value & FloatBits.WritableControl) | FloatBits.FixedControl);
        UpdateSummary(s);
    }

    /// <summary>Works out ES and B from the exceptions and their masks.</summary>
    public static void UpdateSummary(CoreState* s)
    {
        const ushort Summary = FloatBits.ErrorSummary | FloatBits.Busy;
        int pending = s->Arch.FloatStatus & ~s->Arch.FloatControl & FloatBits.Exceptions;
        if (pending != 0)
            s->Arch.FloatStatus |= Summary;
        else
            s->Arch.FloatStatus &= unchecked((ushort)~Summary);
    }

    /// <summary>FNINIT (SDM volume 1, 8.1): the registers' contents stay.</summary>
    public static void Initialize(CoreState* s)
    {
        s->Arch.FloatControl = FloatBits.InitialControl;
        s->Arch.FloatStatus = 0;
        s->Arch.FloatTag = FloatBits.EmptyTags;
        s->Arch.FloatOpcode = 0;
        s->Arch.FloatInstruction = 0;
        s->Arch.FloatInstructionSelector = 0;
        s->Arch.FloatOperand = 0;
        s->Arch.FloatOperandSelector = 0;
    }

    private static bool Fault(CoreState* s)
    {
        s->Arch.FloatStatus |= FloatBits.InvalidOperation | FloatBits.StackFault;
        if ((s->Arch.FloatControl & FloatBits.InvalidOperation) != 0)
            return true;
        s->Arch.FloatStatus |= FloatBits.ErrorSummary | FloatBits.Busy;
        return false;
    }
}
