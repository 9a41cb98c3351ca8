using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>Compares what the host and the core left of the same program.</summary>
internal static unsafe class FloatComparer
{
    private const int ErrorSummary = 1 << 7;
    private const int RoundedUp = 1 << 9;

    /// <summary>Whether the host records opcode and operand of every instruction, as AMD's processors do: Intel's newer ones do it only at an unmasked exception (SDM volume 1, 8.1.8 and 8.1.9).</summary>
    private static readonly bool RecordsEveryOperand = System.Runtime.Intrinsics.X86.X86Base.IsSupported
        && System.Runtime.Intrinsics.X86.X86Base.CpuId(0, 0).Ebx == 0x6874_7541;

    /// <summary>The first difference, or null.</summary>
    /// <param name="host">The host's block.</param>
    /// <param name="core">The core's block.</param>
    /// <param name="codeDistance">How far the core's code is from the host's, for the last instruction's address.</param>
    /// <param name="blockDistance">How far the core's block is from the host's, for the last operand's address.</param>
    /// <param name="program">What ran, for what may differ.</param>
    public static string? Compare(byte* host, byte* core, ulong codeDistance, ulong blockDistance, FloatProgram program)
    {
        byte* expected = host + FloatBlock.After;
        byte* actual = core + FloatBlock.After;
        int status = *(ushort*)(expected + FloatBlock.Status) ^ *(ushort*)(actual + FloatBlock.Status);
        bool isApproximate = program.EndsTranscendental;
        if (isApproximate || (program.LeavesC1Open && (*(ushort*)(expected + FloatBlock.Status) & ErrorSummary) != 0))
            status &= ~RoundedUp;
        if (status != 0)
            return $"status: host {*(ushort*)(expected + FloatBlock.Status):X4}, here {*(ushort*)(actual + FloatBlock.Status):X4}";
        if (*(ushort*)(expected + FloatBlock.Control) != *(ushort*)(actual + FloatBlock.Control))
            return $"control: host {*(ushort*)(expected + FloatBlock.Control):X4}, here {*(ushort*)(actual + FloatBlock.Control):X4}";
        if (*(ushort*)(expected + FloatBlock.Tags) != *(ushort*)(actual + FloatBlock.Tags))
            return $"tags: host {*(ushort*)(expected + FloatBlock.Tags):X4}, here {*(ushort*)(actual + FloatBlock.Tags):X4}";
        for (int i = 0; i < 8; i++)
        {
            Float80 hostValue = FloatBlock.ReadFloat(expected + FloatBlock.Registers + (10 * i));
            Float80 coreValue = FloatBlock.ReadFloat(actual + FloatBlock.Registers + (10 * i));
            if (hostValue != coreValue && !(isApproximate && AreClose(hostValue, coreValue)))
                return $"ST({i}): host {hostValue}, here {coreValue}";
        }

        if (*(ulong*)(host + FloatBlock.Flags) != *(ulong*)(core + FloatBlock.Flags))
            return $"RFLAGS: host {*(ulong*)(host + FloatBlock.Flags):X}, here {*(ulong*)(core + FloatBlock.Flags):X}";
        if (*(ulong*)(host + FloatBlock.Rax) != *(ulong*)(core + FloatBlock.Rax))
            return $"RAX: host {*(ulong*)(host + FloatBlock.Rax):X}, here {*(ulong*)(core + FloatBlock.Rax):X}";
        for (int i = FloatBlock.Operands; i < FloatBlock.Operands + FloatBlock.OperandBytes; i++)
        {
            if (host[i] != core[i])
                return $"memory at {i:X}: host {Convert.ToHexString(new ReadOnlySpan<byte>(host + i, 10))}, here {Convert.ToHexString(new ReadOnlySpan<byte>(core + i, 10))}";
        }

        string? pointer = ComparePointer("instruction pointer", expected, actual, FloatBlock.InstructionPointer, codeDistance);
        if (pointer != null || !RecordsEveryOperand)
            return pointer;
        int opcode = *(ushort*)(expected + FloatBlock.Opcode) ^ *(ushort*)(actual + FloatBlock.Opcode);
        if (opcode != 0)
            return $"opcode: host {*(ushort*)(expected + FloatBlock.Opcode):X3}, here {*(ushort*)(actual + FloatBlock.Opcode):X3}";
        return ComparePointer("operand pointer", expected, actual, FloatBlock.OperandPointer, blockDistance);
    }

    /// <summary>A pointer is the same as a place in the block, or as a number that FRSTOR or FLDENV loaded.</summary>
    private static string? ComparePointer(string name, byte* expected, byte* actual, int offset, ulong distance)
    {
        uint host = *(uint*)(expected + offset);
        uint core = *(uint*)(actual + offset);
        return core == host || core == host + (uint)distance ? null : $"{name}: host {host:X8}, here {core:X8} at a distance of {(uint)distance:X8}";
    }

    private static bool AreClose(Float80 left, Float80 right) =>
        left.SignExponent == right.SignExponent ? left.Significand - right.Significand + 1 <= 2
        : left.Sign == right.Sign && Math.Abs(left.BiasedExponent - right.BiasedExponent) == 1
            && (left.Significand == ulong.MaxValue || right.Significand == ulong.MaxValue);
}
