namespace Dominion.Cpu.X86;

/// <summary>Which translations a flush drops.</summary>
public enum X86FlushScope
{
    /// <summary>Everything, global pages and every tag included.</summary>
    All,

    /// <summary>Everything of one tag.</summary>
    Tag,

    /// <summary>Everything of one tag but global pages.</summary>
    TagNonGlobal,

    /// <summary>What was made through second-level translation.</summary>
    SecondLevel,
}
