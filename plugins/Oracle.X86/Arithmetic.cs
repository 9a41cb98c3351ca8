namespace Dominion.Oracle.X86;

/// <summary>Which of a core's floating-point arithmetics is checked.</summary>
public enum Arithmetic
{
    /// <summary>Both.</summary>
    Both,

    /// <summary>The one that uses the host's instructions where that is exact.</summary>
    Host,

    /// <summary>Exact software alone.</summary>
    Software,
}
