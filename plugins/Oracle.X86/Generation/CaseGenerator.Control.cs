using Dominion.Cpu.X86;
using Iced.Intel;

namespace Dominion.Oracle.X86.Generation;

/// <content>Control transfers: where they lead, and what they find on the stack.</content>
internal sealed unsafe partial class CaseGenerator
{
    /// <summary>As long as an instruction may be: closer to it, a branch would run its own bytes.</summary>
    private const int Clear = 20;

    private void UseControlTransfer(ref Instruction instruction)
    {
        UseStack();
        if (info.OpCount > 0)
            UseBranchOperand(ref instruction);
        switch (info.Mnemonic)
        {
            case Mnemonic.Loop or Mnemonic.Loope or Mnemonic.Loopne or Mnemonic.Jcxz or Mnemonic.Jecxz or Mnemonic.Jrcxz when random.OneIn(2):
                SetGpr(X86Register.Rcx, (Gpr(X86Register.Rcx) & ~0xFFFFUL) | (uint)random.Next(2));
                if (random.OneIn(2))
                    SetGpr(X86Register.Rcx, (ulong)random.Next(2));
                break;
            case Mnemonic.Ret:
                Put(Stack, AnyTarget(info.OperandSize), WidthInBytes);
                break;
            case Mnemonic.Retf:
                Put(Stack, AnyTarget(info.OperandSize), WidthInBytes);
                Put(Stack + (uint)WidthInBytes, AnyCodeSelector(), 2);
                break;
            case Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq:
                UseInterruptFrame();
                break;
            case Mnemonic.Pop when info.OpCount == 1 && instruction.GetOpKind(0) == OpKind.Register && instruction.Op0Register.IsSegmentRegister():
                Put(Stack, (random.Next() & 0xFFFF_0000) | RandomSelector(), 4);
                break;
            case Mnemonic.Popf or Mnemonic.Popfd or Mnemonic.Popfq:
                // Flags that only an interrupt handler may see set are left out: RF and the virtual ones are not popped.
                Put(Stack, random.Next(), 8);
                break;
        }
    }

    private ulong Stack => test.State.Gpr[(int)X86Register.Rsp] + SegmentTable.Base(test.State.Selectors[(int)X86SegmentRegister.Ss], mode == CodeMode.Bits64 ? 0 : arena);

    private int WidthInBytes => Math.Max(2, info.OperandSize / 8);

    /// <summary>The stack: now and then misaligned, or at an end of what is mapped.</summary>
    private void UseStack()
    {
        if (isPlain || isStandIn || !UsesStack || !random.OneIn(8))
            return;
        ulong pointer = random.Next(4) switch
        {
            0 => arena + ArenaLayout.Data + (ulong)random.Next(0, 40),
            1 => arena + ArenaLayout.DataEnd - (ulong)random.Next(0, 40),
            2 => arena + ArenaLayout.Stack + (ulong)random.Next(1, 8),
            _ => arena + ArenaLayout.ReadOnly + (ulong)random.Next(0, ArenaLayout.PageSize),
        };
        SetGpr(X86Register.Rsp, pointer);
    }

    private bool UsesStack => info.UsesStack();

    private void UseBranchOperand(ref Instruction instruction)
    {
        OpKind kind = instruction.Op0Kind;
        switch (kind)
        {
            case OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64:
                bool isShort = info.GetOpKind(0) is OpCodeOperandKind.br16_1 or OpCodeOperandKind.br32_1 or OpCodeOperandKind.br64_1;
                ulong target = isShort ? NearTarget() : AnyTarget(64);
                if (kind == OpKind.NearBranch16)
                    instruction.NearBranch16 = (ushort)target;
                else if (kind == OpKind.NearBranch32)
                    instruction.NearBranch32 = (uint)target;
                else
                    instruction.NearBranch64 = isShort ? target : (ulong)(long)(int)(target - CodeAddress(test.CodeOffset)) + CodeAddress(test.CodeOffset);
                break;
            case OpKind.FarBranch16:
                instruction.FarBranch16 = (ushort)AnyTarget(16);
                instruction.FarBranchSelector = AnyCodeSelector();
                break;
            case OpKind.FarBranch32:
                instruction.FarBranch32 = (uint)AnyTarget(32);
                instruction.FarBranchSelector = AnyCodeSelector();
                break;
            case OpKind.Register when info.Mnemonic is Mnemonic.Jmp or Mnemonic.Call:
                SetGpr((X86Register)instruction.Op0Register.GetNumber(), AnyTarget(info.OperandSize));
                break;
        }
    }

    /// <summary>Where memory leads: what an indirect branch, a far pointer or a load of a segment register finds.</summary>
    private void FillPointer(ulong target, int size)
    {
        bool isFar = info.Mnemonic is Mnemonic.Lds or Mnemonic.Les or Mnemonic.Lfs or Mnemonic.Lgs or Mnemonic.Lss;
        bool isBranch = info.Mnemonic is Mnemonic.Jmp or Mnemonic.Call;
        if (!isFar && !isBranch)
        {
            if (info.Mnemonic is Mnemonic.Mov or Mnemonic.Lar or Mnemonic.Lsl or Mnemonic.Verr or Mnemonic.Verw or Mnemonic.Arpl && TakesSelector(default, out _))
                Put(target, RandomSelector(), 2);
            return;
        }

        bool hasSelector = isFar || form.Code.IsJmpFarIndirect() || form.Code.IsCallFarIndirect();
        int width = hasSelector ? size - 2 : size;
        Put(target, AnyTarget(8 * width), width);
        if (hasSelector)
            Put(target + (uint)width, isFar ? RandomSelector() : AnyCodeSelector(), 2);
    }

    private ulong NearTarget()
    {
        int distance = random.OneIn(2) ? random.Next(Clear, 120) : -random.Next(Clear, 100);
        return CodeAddress(test.CodeOffset + distance);
    }

    /// <summary>An address to go to: mostly one with code.</summary>
    private ulong AnyTarget(int width)
    {
        ulong target = CodeAddress(ArenaLayout.Code + (random.OneIn(2) ? random.Next(0, 0x700) : random.Next(0x900, ArenaLayout.CodeSize)));
        if (isPlain || !random.OneIn(6))
            return target;
        return random.Next(4) switch
        {
            0 => CodeAddress(ArenaLayout.CodeEnd + random.Next(0, 16)),
            1 when width == 64 && mode == CodeMode.Bits64 => target ^ (1UL << random.Next(47, 64)),
            2 => CodeAddress(ArenaLayout.CodeEnd + 0x8000),
            _ => target,
        };
    }

    /// <summary>Selectors of code segments of every size, and such as are none.</summary>
    private ushort AnyCodeSelector()
    {
        if (isPlain || random.Next(3) != 0)
            return CodeSelector;
        return random.OneIn(2) ? random.Pick<ushort>([SegmentTable.Code64, SegmentTable.Code32, SegmentTable.Code16, SegmentTable.ExecuteOnly]) : RandomSelector();
    }

    /// <summary>A frame that returns to the same privilege level, with a stack of its own in 64-bit code.</summary>
    private void UseInterruptFrame()
    {
        int width = WidthInBytes;
        ulong at = Stack;
        Put(at, AnyTarget(info.OperandSize), width);
        Put(at + (uint)width, AnyCodeSelector(), width);
        Put(at + (2u * (uint)width), (random.Next() & (StatusFlags | DirectionFlag | AlignmentCheck)) | FixedFlags, width);
        Put(at + (3u * (uint)width), arena + ArenaLayout.Stack + (ulong)random.Next(-64, 64), width);
        Put(at + (4u * (uint)width), random.OneIn(8) ? RandomSelector() : SegmentTable.FlatData, width);
    }
}
