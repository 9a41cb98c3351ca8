using System.Text;
using Dominion.Cpu.X86;
using Dominion.Oracle.X86.Forms;
using Dominion.Oracle.X86.Host;
using Iced.Intel;

namespace Dominion.Oracle.X86.Comparison;

/// <summary>Says where a core's result differs from the host's, in what the manual defines.</summary>
internal static unsafe class StateComparer
{
    /// <summary>All flags but RF, which an exception's own frame decides about, and the virtual ones.</summary>
    private const ulong ComparedFlags = 0x24_7FD5;
    private const ulong Carry = 1;

    /// <summary>Undefined in LAR's result (SDM volume 2 LAR).</summary>
    private const ulong LimitInRights = 0xF_0000;
    private const int RoundedUp = 1 << 9;
    private const int MostText = 700;
    private const int GeneralProtection = 13;
    private const int PageFault = 14;
    private const int AlignmentCheck = 17;
    private const ulong AlignmentCheckFlag = 1UL << 18;
    private const int ErrorSummary = 1 << 7;
    private const int FloatOpcodeBits = 0x7FF;
    private static readonly string[] SelectorNames = ["ES", "CS", "SS", "DS", "FS", "GS"];

    /// <summary>Compares.</summary>
    /// <returns>The differences, or an empty text.</returns>
    public static string Compare(bool keepsFloatPointers, TestCase test, InstructionForm form, ref ProcessorState host, ReadOnlySpan<byte> hostData, ref ProcessorState core, ReadOnlySpan<byte> coreData)
    {
        var text = new StringBuilder();
        if (IsAlignmentOpen(test, ref host, ref core))
            return "";
        bool wasRefused = host.Vector != GeneralProtection && host.Rip == test.State.Rip;
        CompareEnd(text, test, form, ref host, ref core);
        CompareGeneral(text, test, form, wasRefused, ref host, ref core);
        CompareVectors(text, test, form, ref host, ref core);
        CompareFloat(keepsFloatPointers, text, test, form, ref host, ref core);
        if (!hostData.SequenceEqual(coreData))
            CompareData(text, test, hostData, coreData);
        return text.ToString();
    }

    /// <summary>Whether operands wider than 8 bytes raise #AC is each vendor's own (AMD64 volume 4 against SDM volume 2, tables 2-18 to 2-27).</summary>
    private static bool IsAlignmentOpen(TestCase test, ref ProcessorState host, ref ProcessorState core) =>
        (test.State.Rflags & AlignmentCheckFlag) != 0 && (host.Vector == AlignmentCheck) != (core.Vector == AlignmentCheck)
        && (test.Instruction.MemorySize.GetSize() > 8 || test.Instruction.MemorySize is MemorySize.Fxsave_512Byte or MemorySize.Fxsave64_512Byte or MemorySize.Xsave or MemorySize.Xsave64);

    /// <summary>Whether an instruction makes several accesses, the order of which is its own: then so is which of several faults it reports.</summary>
    private static bool IsInSteps(Mnemonic mnemonic) => mnemonic is
        Mnemonic.Fldenv or Mnemonic.Fnstenv or Mnemonic.Fstenv or Mnemonic.Frstor or Mnemonic.Fnsave or Mnemonic.Fsave or Mnemonic.Fxsave or Mnemonic.Fxsave64 or Mnemonic.Fxrstor or Mnemonic.Fxrstor64
        or Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xsavec or Mnemonic.Xsavec64 or Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64 or Mnemonic.Xrstor or Mnemonic.Xrstor64
        or Mnemonic.Call or Mnemonic.Retf or Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq or Mnemonic.Enter or Mnemonic.Pusha or Mnemonic.Pushad or Mnemonic.Popa or Mnemonic.Popad;

    /// <summary>#SS, #GP, #PF and #AC.</summary>
    private static bool IsOfMemory(uint vector) => vector is 12 or GeneralProtection or PageFault or AlignmentCheck;

    /// <summary>Whether everything is equal bit for bit: the quick answer.</summary>
    public static bool AreEqual(ref ProcessorState host, ReadOnlySpan<byte> hostData, ref ProcessorState core, ReadOnlySpan<byte> coreData)
    {
        fixed (ProcessorState* left = &host, right = &core)
        {
            return host.Rip == core.Rip && host.Vector == core.Vector && host.ErrorCode == core.ErrorCode && host.FaultAddress == core.FaultAddress
                && ((host.Rflags ^ core.Rflags) & ComparedFlags) == 0
                && new ReadOnlySpan<ulong>(left->Gpr, 16).SequenceEqual(new ReadOnlySpan<ulong>(right->Gpr, 16))
                && new ReadOnlySpan<byte>(left->Extended, 24).SequenceEqual(new ReadOnlySpan<byte>(right->Extended, 24))
                && host.Mxcsr == core.Mxcsr
                && new ReadOnlySpan<byte>(left->Extended + 32, 384).SequenceEqual(new ReadOnlySpan<byte>(right->Extended + 32, 384))
                && new ReadOnlySpan<ulong>(left->Upper, 32).SequenceEqual(new ReadOnlySpan<ulong>(right->Upper, 32))
                && new ReadOnlySpan<ushort>(left->Selectors, 6).SequenceEqual(new ReadOnlySpan<ushort>(right->Selectors, 6))
                && hostData.SequenceEqual(coreData);
        }
    }

    private static void CompareEnd(StringBuilder text, TestCase test, InstructionForm form, ref ProcessorState host, ref ProcessorState core)
    {
        if (IsInSteps(form.Info.Mnemonic) && host.Rip == core.Rip && (host.Rip == test.State.Rip || form.Info.Fwait) && IsOfMemory(host.Vector) && IsOfMemory(core.Vector) && (host.Vector != core.Vector || host.Vector == PageFault))
            return;
        Note(text, "exception", host.Vector, core.Vector);
        if (host.Vector != core.Vector)
            Note(text, "fault address", host.FaultAddress, core.FaultAddress);
        Note(text, "RIP", host.Rip, core.Rip);
        if (host.Vector == core.Vector)
        {
            // Linux does not tell whether a page of the kernel's half is there.
            uint open = host.Vector == PageFault && (long)host.FaultAddress < 0 ? 1u : 0;
            Note(text, "error code", host.ErrorCode | open, core.ErrorCode | open);
            Note(text, "fault address", host.FaultAddress, core.FaultAddress);
        }

        // Returns from interrupts make null selectors 0 whatever their RPL is (SDM volume 2 IRET).
        for (int i = 0; i < 6; i++)
            Note(text, SelectorNames[i], Visible(host.Selectors[i]), Visible(core.Selectors[i]));
    }

    private static ushort Visible(ushort selector) => (selector & ~3) == 0 ? (ushort)0 : selector;

    private static void CompareGeneral(StringBuilder text, TestCase test, InstructionForm form, bool wasRefused, ref ProcessorState host, ref ProcessorState core)
    {
        // Registers of 64 bits are out of the reach of smaller code.
        bool narrow = test.Mode != CodeMode.Bits64;
        ulong mask = narrow ? uint.MaxValue : ulong.MaxValue;
        ulong open = form.Kind == FormKind.ShapeOnly ? OpenRegisters(test) : 0;
        for (int i = 0; i < (narrow ? 8 : 16); i++)
        {
            if ((open & (1UL << i)) != 0)
                Note(text, $"the upper half of {(X86Register)i}", host.Gpr[i] >> 32 << 32 & mask & ~WideResult(test), core.Gpr[i] >> 32 << 32 & mask & ~WideResult(test));
            else if (form.Info.Mnemonic == Mnemonic.Lar)
                Note(text, ((X86Register)i).ToString(), host.Gpr[i] & mask & ~LimitInRights, core.Gpr[i] & mask & ~LimitInRights);
            else
                Note(text, ((X86Register)i).ToString(), host.Gpr[i] & mask, core.Gpr[i] & mask);
        }

        ulong flags = ComparedFlags;
        if (!wasRefused)
            flags &= ~UndefinedFlags.Of(test);
        if (form.Kind == FormKind.ShapeOnly)
            flags &= ~Carry;
        Note(text, "RFLAGS", host.Rflags & flags, core.Rflags & flags);
    }

    /// <summary>The registers whose contents are each processor's own.</summary>
    private static ulong OpenRegisters(TestCase test) => test.Instruction.OpCount > 0 && test.Instruction.Op0Kind == OpKind.Register
        ? 1UL << test.Instruction.Op0Register.GetNumber()
        : (1UL << (int)X86Register.Rax) | (1UL << (int)X86Register.Rdx) | (test.Instruction.Mnemonic == Mnemonic.Rdtscp ? 1UL << (int)X86Register.Rcx : 0);

    private static ulong WideResult(TestCase test) =>
        test.Instruction.OpCount > 0 && test.Instruction.Op0Kind == OpKind.Register && test.Instruction.Op0Register.GetSize() == 8 ? ulong.MaxValue : 0;

    private static void CompareVectors(StringBuilder text, TestCase test, InstructionForm form, ref ProcessorState host, ref ProcessorState core)
    {
        bool isApproximate = Tolerance.IsApproximation(form.Info.Mnemonic);
        int count = test.Mode == CodeMode.Bits64 ? 32 : 16;
        bool stops = host.Vector == PageFault && core.Vector == PageFault && test.Instruction.IsVsib;
        if (stops)
            CompareStoppedGather(text, test, ref host, ref core);
        for (int i = 0; i < count; i++)
        {
            if (stops && IsOpenInGather(test, i / 2))
                continue;
            if (host.Xmm[i] != core.Xmm[i] && !(isApproximate && AreClose(host.Xmm[i], core.Xmm[i])))
                Note(text, $"XMM{i / 2}[{i & 1}]", host.Xmm[i], core.Xmm[i]);
            if (host.Upper[i] != core.Upper[i] && !(isApproximate && AreClose(host.Upper[i], core.Upper[i])))
                Note(text, $"the upper half of YMM{i / 2}[{i & 1}]", host.Upper[i], core.Upper[i]);
        }

        Note(text, "MXCSR", host.Mxcsr, core.Mxcsr);
    }

    private static bool IsOpenInGather(TestCase test, int register) =>
        register == test.Instruction.Op0Register.GetNumber() || register == test.Instruction.Op2Register.GetNumber();

    /// <summary>A gather that stops has done the elements below the one that faults; those above may be done or not (SDM volume 2 VGATHERDPS).</summary>
    private static void CompareStoppedGather(StringBuilder text, TestCase test, ref ProcessorState host, ref ProcessorState core)
    {
        int size = test.Instruction.MemorySize.GetSize();
        int destination = test.Instruction.Op0Register.GetNumber();
        int mask = test.Instruction.Op2Register.GetNumber();
        int elements = test.Instruction.Op0Register.GetSize() / size;
        for (int i = 0; i < elements; i++)
        {
            bool hostPends = Element(ref host, mask, i, size) >> ((8 * size) - 1) != 0;
            bool corePends = Element(ref core, mask, i, size) >> ((8 * size) - 1) != 0;
            Note(text, $"the mask's element {i}", hostPends ? 1u : 0, corePends ? 1u : 0);
            if (hostPends || corePends)
                return;
            Note(text, $"element {i}", Element(ref host, destination, i, size), Element(ref core, destination, i, size));
        }
    }

    private static ulong Element(ref ProcessorState state, int register, int element, int size)
    {
        int at = element * size;
        ulong value = at < 16 ? state.Xmm[(2 * register) + (at / 8)] : state.Upper[(2 * register) + ((at - 16) / 8)];
        return size == 8 ? value : (uint)(value >> (8 * (at & 7)));
    }

    private static bool AreClose(ulong host, ulong core) =>
        Tolerance.AreClose((uint)host, (uint)core) && Tolerance.AreClose((uint)(host >> 32), (uint)(core >> 32));

    private static void CompareFloat(bool keepsFloatPointers, StringBuilder text, TestCase test, InstructionForm form, ref ProcessorState host, ref ProcessorState core)
    {
        bool isApproximate = Tolerance.IsTranscendental(form.Info.Mnemonic);
        int status = isApproximate || Tolerance.LeavesC1Open(form.Info.Mnemonic) ? ~RoundedUp : ~0;
        Note(text, "FSW", (ushort)(host.FloatStatus & status), (ushort)(core.FloatStatus & status));
        Note(text, "FCW", host.FloatControl, core.FloatControl);
        Note(text, "FTW", host.FloatTags, core.FloatTags);
        for (int i = 0; i < 8; i++)
        {
            (ulong significand, ulong exponent) = (host.Float[2 * i], host.Float[(2 * i) + 1] & 0xFFFF);
            (ulong otherSignificand, ulong otherExponent) = (core.Float[2 * i], core.Float[(2 * i) + 1] & 0xFFFF);
            if (significand == otherSignificand && exponent == otherExponent)
                continue;
            if (isApproximate && Tolerance.AreNeighbours(significand, exponent, otherSignificand, otherExponent))
                continue;
            Note(text, $"ST({i})'s significand", significand, otherSignificand);
            Note(text, $"ST({i})'s exponent", exponent, otherExponent);
        }

        // The pointers are offsets in segments, which the host's code has not.
        if (test.UsesStandIn)
            return;
        if (!keepsFloatPointers && (host.FloatStatus & ErrorSummary) == 0)
            return;
        ulong pointer = test.Mode == CodeMode.Bits64 ? ulong.MaxValue : uint.MaxValue;
        Note(text, "FIP", host.FloatInstruction & pointer, core.FloatInstruction & pointer);
        if (!HostFeatures.KeepsFloatPointers)
            return;
        Note(text, "FDP", host.FloatOperand & pointer, core.FloatOperand & pointer);
        Note(text, "FOP", (ulong)host.FloatOpcode & FloatOpcodeBits, (ulong)core.FloatOpcode & FloatOpcodeBits);
    }

    private static void CompareData(StringBuilder text, TestCase test, ReadOnlySpan<byte> host, ReadOnlySpan<byte> core)
    {
        for (int i = 0; i < ArenaLayout.DataSize; i++)
        {
            if (host[i] != core[i] && !test.OpenData.Exists(open => i >= open.Offset && i < open.Offset + open.Length))
                Note(text, $"[{ArenaLayout.Data + i:x}]", host[i], core[i]);
        }
    }

    private static void Note(StringBuilder text, string name, ulong host, ulong core)
    {
        if (host != core && text.Length < MostText)
            text.Append($" {name}: host {host:x}, core {core:x};");
    }
}
