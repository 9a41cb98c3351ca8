using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Strings;

/// <summary>What a string instruction's encoding says: address size, source segment, repetition.</summary>
internal static unsafe class StringOperands
{
    /// <summary>Fills in the op.</summary>
    public static void Fill(in Instruction i, ref Lowering l)
    {
        int addressSize = 8;
        for (int n = 0; n < i.OpCount; n++)
        {
            addressSize = i.GetOpKind(n) switch
            {
                OpKind.MemorySegSI or OpKind.MemorySegDI or OpKind.MemoryESDI => 2,
                OpKind.MemorySegESI or OpKind.MemorySegEDI or OpKind.MemoryESEDI => 4,
                _ => addressSize,
            };
        }

        bool hasSource = false;
        for (int n = 0; n < i.OpCount; n++)
            hasSource |= i.GetOpKind(n) is OpKind.MemorySegSI or OpKind.MemorySegESI or OpKind.MemorySegRSI;
        int segment = hasSource ? l.SegmentOf(i) : (int)X86SegmentRegister.Es;
        l.SetSegment(segment, addressSize);
        l.Op->Size = (byte)addressSize;
        if (i.HasRepePrefix || i.HasRepPrefix)
            l.Op->Prefix |= OpPrefix.Repeat;
        else if (i.HasRepnePrefix)
            l.Op->Prefix |= OpPrefix.RepeatNotEqual;
    }

    /// <summary>The size of an element in bytes.</summary>
    public static int ElementSize(in Instruction i) => i.MemorySize.GetSize();
}
