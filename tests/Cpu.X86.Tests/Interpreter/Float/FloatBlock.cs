using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Tests.FloatingPoint;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>The memory that a <see cref="FloatProgram"/> works on.</summary>
internal static unsafe class FloatBlock
{
    public const int Before = 0;
    public const int After = 128;
    public const int Flags = 256;
    public const int Rax = 264;
    public const int Images = 384;
    public const int Operands = 512;
    public const int OperandBytes = 512;

    /// <summary>FNSTENV and FNSAVE inside a sequence write here: it is not compared.</summary>
    public const int Scratch = 1024;
    public const int Size = 2048;

    public const int ImageSize = 108;
    public const int Control = 0;
    public const int Status = 4;
    public const int Tags = 8;
    public const int InstructionPointer = 12;
    public const int Opcode = 18;
    public const int OperandPointer = 20;
    public const int Registers = 28;

    private const ulong StatusFlags = 0x8D5;

    public static void Fill(Random random, byte* block)
    {
        new Span<byte>(block, Size).Clear();
        FillImage(random, block + Before);
        FillImage(random, block + Images);
        *(ulong*)(block + Flags) = 0x202 | ((ulong)random.Next() & StatusFlags);
        *(ulong*)(block + Rax) = (ulong)random.NextInt64();
        int at = Operands;
        while (at <= Operands + OperandBytes - 16)
        {
            switch (random.Next(6))
            {
                case 0:
                    *(ulong*)(block + at) = (uint)Tests.FloatingPoint.Operands.RandomMemory(random, 32);
                    at += 4;
                    break;
                case 1:
                    *(ulong*)(block + at) = Tests.FloatingPoint.Operands.RandomMemory(random, 64);
                    at += 8;
                    break;
                case 2:
                    *(ulong*)(block + at) = (ulong)random.NextInt64() >> random.Next(64);
                    at += 8;
                    break;
                case 3:
                    *(ushort*)(block + at) = Tests.FloatingPoint.Operands.RandomControlWord(random);
                    at += 2;
                    break;
                case 4:
                    for (int i = 0; i < 9; i++)
                        block[at + i] = (byte)(random.Next(10) | (random.Next(10) << 4));
                    block[at + 9] = (byte)(random.Next(2) << 7);
                    at += 10;
                    break;
                default:
                    WriteFloat(block + at, Tests.FloatingPoint.Operands.Random(random));
                    at += 10;
                    break;
            }
        }
    }

    public static Float80 ReadFloat(byte* from) => new(*(ulong*)from, *(ushort*)(from + 8));

    private static void FillImage(Random random, byte* image)
    {
        ushort control = random.Next(3) != 0 ? (ushort)(Tests.FloatingPoint.Operands.RandomControlWord(random) | 0x3F) : Tests.FloatingPoint.Operands.RandomControlWord(random);
        int status = random.Next(0x10000);
        if (random.Next(4) != 0)
            status &= control | ~0x3F;
        *(ushort*)(image + Control) = (ushort)(random.Next(8) == 0 ? random.Next(0x10000) | 0x3F : control);
        *(ushort*)(image + Status) = (ushort)status;
        int tags = 0;
        for (int i = 0; i < 8; i++)
        {
            tags |= random.Next(3) == 0 ? 3 << (2 * i) : random.Next(3) << (2 * i);
            WriteFloat(image + Registers + (10 * i), Tests.FloatingPoint.Operands.Random(random));
        }

        *(ushort*)(image + Tags) = (ushort)tags;
    }

    private static void WriteFloat(byte* to, Float80 value)
    {
        *(ulong*)to = value.Significand;
        *(ushort*)(to + 8) = value.SignExponent;
    }
}
