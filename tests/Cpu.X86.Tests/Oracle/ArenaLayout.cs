namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>What is where in the two megabytes that the host and the core see at the same linear addresses.</summary>
internal static class ArenaLayout
{
    /// <summary>The data that operands are in; compared after each instruction.</summary>
    public const int DataSize = 0x4000;

    /// <summary>Where operands in memory are near.</summary>
    public const int DataMiddle = 0x2000;

    /// <summary>Where RSP points. Everything from here to <see cref="DataSize"/> belongs to the stack as well.</summary>
    public const int Stack = 0x3800;

    /// <summary>The host's way in.</summary>
    public const int Entry = 0x100000;

    /// <summary>The instruction.</summary>
    public const int Instruction = 0x100800;

    /// <summary>The host's <see cref="ProcessorState"/>.</summary>
    public const int State = 0x110000;
}
