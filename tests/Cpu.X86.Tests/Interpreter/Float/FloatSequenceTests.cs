using System.Diagnostics;
using System.Runtime.InteropServices;
using Dominion.Cpu.X86.Tests.Platform;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>Random sequences of x87 instructions, on the host's unit and on the core: the states that FNSAVE stores, the flags and memory must be the same bit for bit; only a transcendental result, which ends a sequence, may differ in the last bit.</summary>
public sealed unsafe class FloatSequenceTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    private const int UnrepeatedLimit = 5;

    [HostFact]
    public void SequencesLeaveWhatTheHostLeaves()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        using var machine = new FloatMachine();
        byte* start = (byte*)NativeMemory.AllocZeroed(FloatBlock.Size);
        byte* host = (byte*)NativeMemory.AllocZeroed(FloatBlock.Size);
        try
        {
            long begin = Stopwatch.GetTimestamp();
            int sequences = 0;
            int unrepeated = 0;
            for (; Stopwatch.GetElapsedTime(begin) < Duration; sequences++)
            {
                FloatProgram program = FloatProgram.Random(random);
                FloatBlock.Fill(random, start);
                string? difference = Difference(machine, program, start, host);
                if (difference == null)
                    continue;

                // When the host's kernel switches threads in the middle, the host's unit can lose its last-instruction pointers.
                if (difference.Contains("pointer", StringComparison.Ordinal) && Difference(machine, program, start, host) == null)
                {
                    unrepeated++;
                    Assert.True(unrepeated <= UnrepeatedLimit, $"seed {seed}: {difference}, and not again");
                    continue;
                }

                Assert.Fail($"seed {seed}, sequence {sequences}: {difference} after {FirstWrong(machine, program, start, host)}");
            }

            Assert.True(sequences > 100, $"only {sequences} sequences");
        }
        finally
        {
            NativeMemory.Free(start);
            NativeMemory.Free(host);
        }
    }

    private static string FirstWrong(FloatMachine machine, FloatProgram program, byte* start, byte* host)
    {
        int count = 0;
        while (count < program.Count && Difference(machine, program.Prefix(count), start, host) == null)
            count++;
        return program.Prefix(count).Text;
    }

    private static string? Difference(FloatMachine machine, FloatProgram program, byte* start, byte* host)
    {
        Buffer.MemoryCopy(start, host, FloatBlock.Size, FloatBlock.Size);
        Buffer.MemoryCopy(start, machine.Memory, FloatBlock.Size, FloatBlock.Size);
        using var code = new ExecutableMemory(program.Assemble(FloatMachine.Code, returns: true));
        ((delegate* unmanaged<byte*, nint, nint, nint, void>)code.Address)(host, 0, 0, 0);
        X86Exception exception = machine.Run(program.Assemble(FloatMachine.Code, returns: false));
        if (exception != X86Exception.InvalidOpcode)
            return $"exception {exception} at {machine.State.Rip - FloatMachine.Code:X}";
        return FloatComparer.Compare(
            host, machine.Memory, FloatMachine.Code - (ulong)code.Address, FloatMachine.Data - (ulong)host, program);
    }
}
