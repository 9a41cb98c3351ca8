namespace Dominion.Cpu.X86.Tests.Running;

/// <summary>What is where in the two megabytes that <see cref="CoreProcessor"/> maps.</summary>
internal static class ArenaLayout
{
    /// <summary>The arena's size and alignment.</summary>
    public const int Size = 2 << 20;

    /// <summary>The data that operands are in.</summary>
    public const int DataSize = 0x4000;

    /// <summary>Where operands in memory are near.</summary>
    public const int DataMiddle = 0x2000;

    /// <summary>Where RSP points. Everything from here to <see cref="DataSize"/> belongs to the stack as well.</summary>
    public const int Stack = 0x3800;

    /// <summary>The instruction.</summary>
    public const int Instruction = 0x100800;
}
