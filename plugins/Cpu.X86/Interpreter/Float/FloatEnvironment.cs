using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>The x87 environment in memory: four layouts, for an operand size of 16 or 32 bits, in protected or real-address (and virtual-8086) mode (SDM volume 1, 8.1.10, figures 8-9 to 8-12).</summary>
internal static unsafe class FloatEnvironment
{
    /// <summary>The bytes of the environment with 32-bit operands; with 16-bit operands it is half of that.</summary>
    public const int Size32 = 28;

    /// <summary>The bytes of the eight registers behind the environment in FNSAVE's image.</summary>
    public const int RegistersSize = 80;

    private const uint Reserved = 0xFFFF_0000;

    /// <summary>Makes the image of the environment.</summary>
    public static void Write(CoreState* s, byte* image, bool wide, bool isProtected)
    {
        ref X86State arch = ref s->Arch;
        ushort tags = FullTags(s);
        uint opcode = (uint)arch.FloatOpcode & 0x7FF;
        if (isProtected)
        {
            if (wide)
            {
                uint* to = (uint*)image;
                to[0] = Reserved | arch.FloatControl;
                to[1] = Reserved | arch.FloatStatus;
                to[2] = Reserved | tags;
                to[3] = (uint)arch.FloatInstruction;
                to[4] = (opcode << 16) | arch.FloatInstructionSelector;
                to[5] = (uint)arch.FloatOperand;
                to[6] = Reserved | arch.FloatOperandSelector;
                return;
            }

            ushort* half = (ushort*)image;
            half[0] = arch.FloatControl;
            half[1] = arch.FloatStatus;
            half[2] = tags;
            half[3] = (ushort)arch.FloatInstruction;
            half[4] = arch.FloatInstructionSelector;
            half[5] = (ushort)arch.FloatOperand;
            half[6] = arch.FloatOperandSelector;
            return;
        }

        uint instruction = (uint)arch.FloatInstruction + ((uint)arch.FloatInstructionSelector << 4);
        uint operand = (uint)arch.FloatOperand + ((uint)arch.FloatOperandSelector << 4);
        if (wide)
        {
            uint* to = (uint*)image;
            to[0] = Reserved | arch.FloatControl;
            to[1] = Reserved | arch.FloatStatus;
            to[2] = Reserved | tags;
            to[3] = Reserved | (ushort)instruction;
            to[4] = ((instruction >> 16) << 12) | opcode;
            to[5] = Reserved | (ushort)operand;
            to[6] = (operand >> 16) << 12;
            return;
        }

        ushort* words = (ushort*)image;
        words[0] = arch.FloatControl;
        words[1] = arch.FloatStatus;
        words[2] = tags;
        words[3] = (ushort)instruction;
        words[4] = (ushort)(((instruction >> 4) & 0xF000) | opcode);
        words[5] = (ushort)operand;
        words[6] = (ushort)((operand >> 4) & 0xF000);
    }

    /// <summary>Takes the environment from its image.</summary>
    public static void Read(CoreState* s, byte* image, bool wide, bool isProtected)
    {
        ref X86State arch = ref s->Arch;
        uint* fields = stackalloc uint[7];
        for (int i = 0; i < 7; i++)
            fields[i] = wide ? ((uint*)image)[i] : ((ushort*)image)[i];
        arch.FloatStatus = (ushort)fields[1];
        SetTags(s, (ushort)fields[2]);
        if (isProtected)
        {
            arch.FloatInstruction = fields[3];
            arch.FloatInstructionSelector = (ushort)fields[4];
            arch.FloatOperand = fields[5];
            arch.FloatOperandSelector = (ushort)fields[6];

            // The layout for 16 bits does not hold the opcode.
            arch.FloatOpcode = wide ? (ushort)((fields[4] >> 16) & 0x7FF) : (ushort)0;
        }
        else
        {
            arch.FloatInstruction = (ushort)fields[3] | ((fields[4] & 0x0FFF_F000) << 4);
            arch.FloatInstructionSelector = 0;
            arch.FloatOperand = (ushort)fields[5] | ((fields[6] & 0x0FFF_F000) << 4);
            arch.FloatOperandSelector = 0;
            arch.FloatOpcode = (ushort)(fields[4] & 0x7FF);
        }

        FloatStack.SetControl(s, (ushort)fields[0]);
    }

    /// <summary>Makes the image of the registers, ST(0) first.</summary>
    public static void WriteRegisters(CoreState* s, byte* image)
    {
        for (int i = 0; i < 8; i++)
        {
            Float80 value = *FloatStack.At(s, i);
            *(ulong*)(image + (10 * i)) = value.Significand;
            *(ushort*)(image + (10 * i) + 8) = value.SignExponent;
        }
    }

    /// <summary>Takes the registers from their image; the tags stay.</summary>
    public static void ReadRegisters(CoreState* s, byte* image)
    {
        for (int i = 0; i < 8; i++)
        {
            ulong* register = (ulong*)FloatStack.At(s, i);
            register[0] = *(ulong*)(image + (10 * i));
            register[1] = *(ushort*)(image + (10 * i) + 8);
        }
    }

    /// <summary>Sets which registers are empty. Only 3 counts: the other tags follow from the registers (SDM volume 1, 8.1.7).</summary>
    public static void SetTags(CoreState* s, ushort tags)
    {
        int empty = tags & (tags >> 1) & 0x5555;
        s->Arch.FloatTag = (ushort)(empty * 3);
    }

    /// <summary>The tag word: 0 valid, 1 zero, 2 special, 3 empty (SDM volume 1, figure 8-7).</summary>
    private static ushort FullTags(CoreState* s)
    {
        int tags = 0;
        Float80* registers = (Float80*)&s->Arch.Float;
        for (int i = 0; i < 8; i++)
        {
            int empty = (s->Arch.FloatTag >> (2 * i)) & 3;
            int tag = empty == 3 ? 3 : registers[i].IsNormal ? 0 : registers[i].IsZero ? 1 : 2;
            tags |= tag << (2 * i);
        }

        return (ushort)tags;
    }
}
