using Iced.Intel;

namespace Dominion.Oracle.X86;

/// <summary>One instruction with everything that it starts from.</summary>
internal sealed class TestCase
{
    public Instruction Instruction { get; set; }

    /// <summary>What is written at <see cref="CodeOffset"/>: less than the instruction when that lies across the end of the code.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>Where in the arena.</summary>
    public int CodeOffset { get; set; }

    public CodeMode Mode { get; set; }

    /// <summary>Whether bytes were put before the encoding that may make another instruction of it.</summary>
    public bool IsMutated { get; set; }

    public byte[] Data { get; } = new byte[ArenaLayout.DataSize];

    /// <summary>Parts of the data that the manual leaves open after the instruction: offset and length.</summary>
    public List<(int Offset, int Length)> OpenData { get; } = [];

    /// <summary>What the host runs in place of this when <see cref="UsesStandIn"/> is set.</summary>
    public TestCase? StandIn { get; set; }

    /// <summary>Whether the host cannot run code of this size, and runs the same operation as 64-bit code.</summary>
    public bool UsesStandIn { get; set; }

    /// <summary>The registers and flags at the start.</summary>
    public ProcessorState State;
}
