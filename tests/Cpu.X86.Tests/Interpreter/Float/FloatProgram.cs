using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>A random sequence of x87 instructions, and the 64-bit code that runs it on a <see cref="FloatBlock"/> at RDI: the state is loaded, the sequence runs until an exception is pending, the state is saved without waiting.</summary>
internal sealed class FloatProgram
{
    private readonly List<byte[]> _instructions = [];

    /// <summary>Whether the last instruction's result may differ in its last bit, and C1 with it.</summary>
    public bool EndsTranscendental { get; private set; }

    /// <summary>Whether C1 may differ when an exception ends the sequence early.</summary>
    public bool LeavesC1Open { get; private set; }

    /// <summary>How many instructions there are.</summary>
    public int Count => _instructions.Count;

    /// <summary>The sequence in text, for messages.</summary>
    public string Text => string.Join("; ", _instructions.Select(bytes => $"{Decode(bytes)} ({Convert.ToHexString(bytes)})"));

    public static FloatProgram Random(Random random)
    {
        var program = new FloatProgram();
        int length = random.Next(5, 21);
        while (program._instructions.Count < length && !program.EndsTranscendental)
        {
            byte[] bytes = RandomInstruction(random);
            Instruction instruction = Decode(bytes);
            if (instruction.IsInvalid)
                continue;
            if (!PlaceOperand(random, instruction, bytes))
                continue;
            program._instructions.Add(bytes);
            if (IsToFlags(instruction.Mnemonic))
            {
                // Intel's manual clears C1, AMD's processors leave it: clear it here, without another effect.
                program.LeavesC1Open = true;
                program._instructions.Add([0xD9, 0xF7]);
                program._instructions.Add([0xD9, 0xF6]);
            }

            program.EndsTranscendental = IsTranscendental(instruction.Mnemonic);
        }

        return program;
    }

    /// <summary>The first instructions alone, to find the one that differs.</summary>
    public FloatProgram Prefix(int count)
    {
        var prefix = new FloatProgram { EndsTranscendental = EndsTranscendental && count == Count, LeavesC1Open = LeavesC1Open };
        prefix._instructions.AddRange(_instructions.Take(count));
        return prefix;
    }

    /// <summary>The code, for an address.</summary>
    /// <param name="address">Where it will be.</param>
    /// <param name="returns">Whether it ends with RET, or with UD2.</param>
    public byte[] Assemble(ulong address, bool returns)
    {
        var c = new Assembler(64);
        Label end = c.CreateLabel();
        c.mov(rax, __qword_ptr[rdi + FloatBlock.Rax]);
        c.push(__qword_ptr[rdi + FloatBlock.Flags]);
        c.popfq();
        c.frstor(__[rdi + FloatBlock.Before]);
        foreach (byte[] instruction in _instructions)
        {
            // No waiting instruction may follow an unmasked exception: on the host it would be a signal.
            c.pushfq();
            c.push(rax);
            c.fnstsw(ax);
            c.test(al, 0x80);
            c.pop(rax);
            c.jne(end);
            c.popfq();
            c.db(instruction);
        }

        c.pushfq();
        c.Label(ref end);
        c.pop(__qword_ptr[rdi + FloatBlock.Flags]);
        c.mov(__qword_ptr[rdi + FloatBlock.Rax], rax);
        c.fnsave(__[rdi + FloatBlock.After]);
        if (returns)
            c.ret();
        else
            c.ud2();
        using var stream = new MemoryStream();
        c.Assemble(new StreamCodeWriter(stream), address);
        return stream.ToArray();
    }

    private static byte[] RandomInstruction(Random random)
    {
        byte opcode = (byte)random.Next(0xD8, 0xE0);
        byte modRm = (byte)random.Next(256);
        if (modRm >= 0xC0)
            return [opcode, modRm];

        // [RDI + disp32], and [RDI + RCX * 8 + disp32] where RCX is zero.
        modRm = (byte)((modRm & 0x38) | 0x80);
        return random.Next(3) switch
        {
            0 => [opcode, (byte)(modRm | 4), 0xCF, 0, 0, 0, 0],
            1 when (opcode is 0xD9 or 0xDD) && (modRm & 0x28) == 0x20 => [0x66, opcode, (byte)(modRm | 7), 0, 0, 0, 0],
            _ => [opcode, (byte)(modRm | 7), 0, 0, 0, 0],
        };
    }

    private static Instruction Decode(byte[] bytes)
    {
        var decoder = Decoder.Create(64, bytes);
        return decoder.Decode();
    }

    private static bool PlaceOperand(Random random, in Instruction instruction, byte[] bytes)
    {
        if (bytes.Length == 2)
            return true;
        int place = instruction.Mnemonic switch
        {
            Mnemonic.Fnstenv or Mnemonic.Fnsave => FloatBlock.Scratch,
            Mnemonic.Fldenv or Mnemonic.Frstor when random.Next(3) == 0 => FloatBlock.Images,
            Mnemonic.Fldenv or Mnemonic.Frstor => -1,
            _ => FloatBlock.Operands + random.Next(FloatBlock.OperandBytes - 16),
        };
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), place);
        return place > 0;
    }

    private static bool IsToFlags(Mnemonic mnemonic) => mnemonic is Mnemonic.Fcomi or Mnemonic.Fcomip or Mnemonic.Fucomi or Mnemonic.Fucomip;

    private static bool IsTranscendental(Mnemonic mnemonic) => mnemonic is Mnemonic.Fsin or Mnemonic.Fcos or Mnemonic.Fsincos
        or Mnemonic.Fptan or Mnemonic.Fpatan or Mnemonic.F2xm1 or Mnemonic.Fyl2x or Mnemonic.Fyl2xp1;
}
