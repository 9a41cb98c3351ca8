using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>One instruction with everything that it starts from.</summary>
internal sealed class TestCase
{
    public required Instruction Instruction { get; init; }

    public required byte[] Bytes { get; init; }

    public required ProcessorState State { get; init; }

    public required byte[] Data { get; init; }
}
