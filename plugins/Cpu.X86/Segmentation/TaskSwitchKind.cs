namespace Dominion.Cpu.X86.Segmentation;

/// <summary>What caused a task switch.</summary>
internal enum TaskSwitchKind
{
    /// <summary>A far jump.</summary>
    Jump,

    /// <summary>A far call.</summary>
    Call,

    /// <summary>An exception or interrupt through a task gate.</summary>
    Gate,

    /// <summary>IRET with NT set.</summary>
    Return,
}
