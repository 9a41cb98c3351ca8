using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Decoding;

/// <summary>What an instruction group works with to turn one decoded instruction into an <see cref="Op"/>.</summary>
internal unsafe ref struct Lowering
{
    /// <summary>The instruction to fill in; length, offset and number are set already.</summary>
    public Op* Op;

    /// <summary>The core, for its features.</summary>
    public X86Core Core;

    /// <summary>RIP of the block's first instruction.</summary>
    public ulong BlockRip;

    /// <summary>The mode that is decoded for, see <see cref="BlockMode"/>.</summary>
    public uint Mode;

    /// <summary>The instruction's bytes, prefixes first.</summary>
    public byte* Code;

    /// <summary>Set when no instruction of this block may follow.</summary>
    public bool EndsBlock;

    /// <summary>64-bit code.</summary>
    public readonly bool Is64Bit => (Mode & BlockMode.Code64) != 0;

    /// <summary>The default operand size in bytes of pushes, branches and the like, without a prefix.</summary>
    public readonly int CodeSize => Is64Bit ? 8 : (Mode & BlockMode.Code32) != 0 ? 4 : 2;

    /// <summary>Sets the handler.</summary>
    public readonly bool Use(Handler handler)
    {
        Op->Handler = handler;
        return true;
    }

    /// <summary>Sets the handler of an instruction that ends its block.</summary>
    public bool UseLast(Handler handler)
    {
        EndsBlock = true;
        Op->Handler = handler;
        return true;
    }

    /// <summary>Whether an operand is memory with a ModRM byte or an absolute offset.</summary>
    public static bool IsMemory(in Instruction instruction, int operand) => instruction.GetOpKind(operand) == OpKind.Memory;

    /// <summary>Fills in the memory operand.</summary>
    /// <returns>The addressing that handlers must use.</returns>
    public readonly AddressKind UseMemory(in Instruction instruction)
    {
        Op* op = Op;
        Register baseRegister = instruction.MemoryBase;
        Register index = instruction.MemoryIndex;
        if (index.IsVectorRegister())
            index = Register.None;
        int segment = SegmentOf(instruction);
        op->Segment = (byte)segment;
        op->Scale = (byte)System.Numerics.BitOperations.Log2((uint)instruction.MemoryIndexScale);
        op->Index = Offsets.OfOptional(index);
        op->Displacement = (long)instruction.MemoryDisplacement64;
        int addressSize;
        if (instruction.IsIPRelativeMemoryOperand)
        {
            op->Base = Offsets.BlockRip;
            op->Displacement = (long)(instruction.IPRelativeMemoryAddress - BlockRip);
            addressSize = baseRegister == Register.EIP ? 4 : 8;
        }
        else
        {
            op->Base = Offsets.OfOptional(baseRegister);
            addressSize = baseRegister != Register.None ? baseRegister.GetSize()
                : index != Register.None ? index.GetSize()
                : instruction.MemoryDisplSize == 2 ? 2
                : Is64Bit && instruction.MemoryDisplSize == 8 ? 8 : 4;
        }

        op->AddressMask = addressSize == 2 ? 0xFFFFu : uint.MaxValue;
        return SetSegment(segment, addressSize);
    }

    /// <summary>The segment of the memory operand. In 64-bit code, prefixes for CS, DS, ES and SS do not count, so that the base register alone decides between #SS and #GP (SDM volume 1, 3.3.7.1).</summary>
    public readonly int SegmentOf(in Instruction instruction)
    {
        if (!Is64Bit || instruction.SegmentPrefix is Register.None or Register.FS or Register.GS)
            return Offsets.SegmentNumber(instruction.MemorySegment);
        Instruction plain = instruction;
        plain.SegmentPrefix = Register.None;
        return Offsets.SegmentNumber(plain.MemorySegment);
    }

    /// <summary>Fills in the segment and the address size of an operand that no ModRM byte describes: string instructions.</summary>
    /// <returns>The addressing that handlers must use.</returns>
    public readonly AddressKind SetSegment(int segment, int addressSize)
    {
        Op->Segment = (byte)segment;
        Op->AddressMask = addressSize == 2 ? 0xFFFFu : uint.MaxValue;
        if (!Is64Bit)
        {
            Op->SegmentBase = Offsets.OfSegmentBase(segment);
            return AddressKind.Segmented;
        }

        Op->Prefix |= OpPrefix.Long;
        bool based = segment >= (int)X86SegmentRegister.Fs;
        Op->SegmentBase = based ? Offsets.OfSegmentBase(segment) : Offsets.Zero;
        if (addressSize != 8)
            return AddressKind.Segmented;
        return !based && Op->Index == Offsets.Zero ? AddressKind.BaseDisplacement : AddressKind.Flat64;
    }
}
