namespace Dominion.Cpu.X86.Decoding;

/// <summary>Prefixes that handlers look at when they execute.</summary>
[Flags]
internal enum OpPrefix : byte
{
    None = 0,

    /// <summary>REP or REPE.</summary>
    Repeat = 1,

    /// <summary>REPNE.</summary>
    RepeatNotEqual = 2,

    /// <summary>LOCK.</summary>
    Lock = 4,

    /// <summary>The instruction was decoded for 64-bit mode.</summary>
    Long = 8,
}
