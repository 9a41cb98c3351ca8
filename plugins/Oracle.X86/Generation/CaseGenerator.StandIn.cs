using Dominion.Oracle.X86.Forms;
using Iced.Intel;

namespace Dominion.Oracle.X86.Generation;

/// <content>Cases of 32- and 16-bit code for a host that runs none: the core runs the instruction, the host the same operation as 64-bit code, with what lies above 32 bits zero.</content>
internal sealed unsafe partial class CaseGenerator
{
    private bool isStandIn;

    /// <summary>Whether a form's operation is the same in 64-bit code: it exists there, goes on behind itself, and neither its memory operand's layout nor segments depend on the mode.</summary>
    public static bool CanStandIn(InstructionForm form)
    {
        if (!form.IsIn(CodeMode.Bits64) || form.Code.FlowControl() != FlowControl.Next || form.Group is "fxsr" || form.Group.StartsWith("xsave", StringComparison.Ordinal))
            return false;
        if (form.Info.Mnemonic is Mnemonic.Lea or Mnemonic.Nop or Mnemonic.Lss or Mnemonic.Lfs or Mnemonic.Lgs || form.Info.Fwait)
            return false;
        for (int i = 0; i < form.Info.OpCount; i++)
        {
            if (form.Info.GetOpKind(i) is OpCodeOperandKind.seg_reg or OpCodeOperandKind.fs or OpCodeOperandKind.gs or OpCodeOperandKind.mem_offs)
                return false;
        }

        return true;
    }

    /// <summary>Encodes the operation as 64-bit code.</summary>
    /// <returns>False when this case's addressing has no counterpart.</returns>
    private bool TryMakeStandIn(Instruction instruction)
    {
        for (int i = 0; i < instruction.OpCount; i++)
        {
            switch (instruction.GetOpKind(i))
            {
                case OpKind.Memory when !TryAddressLinear(ref instruction):
                case OpKind.MemorySegSI or OpKind.MemorySegDI or OpKind.MemoryESDI:
                    return false;
                case OpKind.MemorySegESI or OpKind.MemorySegEDI or OpKind.MemoryESEDI:
                    if (test.State.Selectors[0] != SegmentTable.FlatData || test.State.Selectors[3] != SegmentTable.FlatData)
                        return false;
                    instruction.SegmentPrefix = Register.None;
                    break;
            }
        }

        Encoder encoder = encoders[CodeMode.Bits64];
        encoder.PreventVEX2 = random.OneIn(2);
        encoded.Clear();
        if (!encoder.TryEncode(instruction, arena + (uint)test.CodeOffset, out _, out _))
            return false;
        TestCase other = test.StandIn ??= new TestCase();
        other.Mode = CodeMode.Bits64;
        other.CodeOffset = test.CodeOffset;
        other.Bytes = encoded.Span.ToArray();
        other.Instruction = instruction;
        other.State = test.State;
        other.State.Rip = arena + (uint)test.CodeOffset;
        other.State.Selectors[0] = SegmentTable.FlatData;
        other.State.Selectors[1] = SegmentTable.Code64;
        other.State.Selectors[3] = SegmentTable.FlatData;
        other.State.Selectors[4] = 0;
        other.State.Selectors[5] = 0;
        return true;
    }

    /// <summary>Makes the memory operand one that 64-bit code reaches at the same linear address.</summary>
    private bool TryAddressLinear(ref Instruction instruction)
    {
        int number = instruction.MemorySegment - Register.ES;
        bool isFlat = SegmentTable.Base(test.State.Selectors[number], arena) == 0;
        bool isWord = instruction.MemoryBase.GetSize() == 2 || instruction.MemoryIndex.GetSize() == 2 || (instruction.MemoryBase == Register.None && instruction.MemoryIndex == Register.None && instruction.MemoryDisplSize == 2);
        instruction.SegmentPrefix = Register.None;
        if (isFlat && !isWord)
            return true;
        bool isBitString = info.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc && instruction.Op1Kind == OpKind.Register;
        if (instruction.IsVsib || isBitString || info.Mnemonic == Mnemonic.Xlatb)
            return false;
        instruction.MemoryBase = Register.None;
        instruction.MemoryIndex = Register.None;
        instruction.MemoryIndexScale = 1;
        instruction.MemoryDisplSize = 8;
        instruction.MemoryDisplacement64 = memoryTarget;
        return true;
    }
}
