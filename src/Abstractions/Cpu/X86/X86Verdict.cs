namespace Dominion.Cpu.X86;

/// <summary>What an intercept's handler wants.</summary>
public enum X86Verdict : byte
{
    /// <summary>Go on as if there were no intercept.</summary>
    Continue,

    /// <summary>Go on, with <see cref="X86InterceptInfo.Value"/> in place of the value.</summary>
    Replace,

    /// <summary>The handler did the instruction's work: go on with the state as it is now, RIP included.</summary>
    Completed,

    /// <summary>Return from <see cref="IX86Core.Run"/> with the state as it is now.</summary>
    Exited,
}
