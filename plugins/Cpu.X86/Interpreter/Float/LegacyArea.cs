using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>The FXSAVE image, which is the legacy region of the XSAVE area too (SDM volume 1, 10.5.1 and 13.4.1).</summary>
internal static unsafe class LegacyArea
{
    public const int Size = 512;
    public const int MxcsrOffset = 24;
    public const int RegistersOffset = 32;
    public const int VectorsOffset = 160;

    /// <summary>Every bit of MXCSR that is defined, denormals-are-zeros too.</summary>
    public const uint MxcsrMask = 0xFFFF;

    private const int RegisterSize = 16;

    /// <summary>Makes the x87 part: the first 24 bytes, and 128 bytes from <see cref="RegistersOffset"/>.</summary>
    /// <param name="s">The state.</param>
    /// <param name="area">The image.</param>
    /// <param name="wide">The pointers have 64 bits and no selectors (REX.W).</param>
    public static void WriteFloat(CoreState* s, byte* area, bool wide)
    {
        ref X86State arch = ref s->Arch;
        ushort* words = (ushort*)area;
        words[0] = arch.FloatControl;
        words[1] = arch.FloatStatus;
        words[2] = Abridge(arch.FloatTag);
        words[3] = arch.FloatOpcode;
        if (wide)
        {
            *(ulong*)(area + 8) = arch.FloatInstruction;
            *(ulong*)(area + 16) = arch.FloatOperand;
        }
        else
        {
            *(uint*)(area + 8) = (uint)arch.FloatInstruction;
            *(uint*)(area + 12) = arch.FloatInstructionSelector;
            *(uint*)(area + 16) = (uint)arch.FloatOperand;
            *(uint*)(area + 20) = arch.FloatOperandSelector;
        }

        for (int i = 0; i < 8; i++)
        {
            Float80 value = *FloatStack.At(s, i);
            ulong* to = (ulong*)(area + RegistersOffset + (i * RegisterSize));
            to[0] = value.Significand;
            to[1] = value.SignExponent;
        }
    }

    /// <summary>Takes the x87 part. ES and B follow from the exceptions and their masks, whatever the image says.</summary>
    public static void ReadFloat(CoreState* s, byte* area, bool wide)
    {
        ref X86State arch = ref s->Arch;
        ushort* words = (ushort*)area;
        arch.FloatStatus = words[1];
        arch.FloatTag = Unabridge((byte)words[2]);
        arch.FloatOpcode = (ushort)(words[3] & 0x7FF);
        arch.FloatInstruction = wide ? *(ulong*)(area + 8) : *(uint*)(area + 8);
        arch.FloatInstructionSelector = wide ? (ushort)0 : *(ushort*)(area + 12);
        arch.FloatOperand = wide ? *(ulong*)(area + 16) : *(uint*)(area + 16);
        arch.FloatOperandSelector = wide ? (ushort)0 : *(ushort*)(area + 20);
        FloatStack.SetControl(s, words[0]);
        for (int i = 0; i < 8; i++)
        {
            ulong* from = (ulong*)(area + RegistersOffset + (i * RegisterSize));
            ulong* register = (ulong*)FloatStack.At(s, i);
            register[0] = from[0];
            register[1] = (ushort)from[1];
        }
    }

    /// <summary>The x87 state as INIT leaves it (SDM volume 1, 13.6).</summary>
    public static void InitializeFloat(CoreState* s)
    {
        FloatStack.Initialize(s);
        Unsafe.InitBlock(&s->Arch.Float, 0, (uint)sizeof(X86FloatRegisters));
    }

    /// <summary>Whether the x87 state differs from what INIT leaves.</summary>
    public static bool IsFloatInUse(CoreState* s)
    {
        ref X86State arch = ref s->Arch;
        ulong* registers = (ulong*)&s->Arch.Float;
        ulong any = 0;
        for (int i = 0; i < sizeof(X86FloatRegisters) / sizeof(ulong); i++)
            any |= registers[i];
        return any != 0 || arch.FloatControl != FloatBits.InitialControl || arch.FloatStatus != 0 || arch.FloatTag != FloatBits.EmptyTags
            || (arch.FloatInstruction | arch.FloatOperand) != 0
            || (arch.FloatOpcode | arch.FloatInstructionSelector | arch.FloatOperandSelector) != 0;
    }

    /// <summary>One bit a register, set when it is not empty.</summary>
    private static ushort Abridge(ushort tags)
    {
        int full = 0;
        for (int i = 0; i < 8; i++)
        {
            if (((tags >> (2 * i)) & 3) != 3)
                full |= 1 << i;
        }

        return (ushort)full;
    }

    private static ushort Unabridge(byte full)
    {
        int tags = 0;
        for (int i = 0; i < 8; i++)
        {
            if ((full & (1 << i)) == 0)
                tags |= 3 << (2 * i);
        }

        return (ushort)tags;
    }
}
