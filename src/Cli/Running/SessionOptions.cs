namespace Dominion.Cli.Running;

/// <summary>How a machine is run from the command line.</summary>
internal sealed record SessionOptions
{
    /// <summary>The machine's name, or null for that of its manifest.</summary>
    internal string? Name { get; init; }

    /// <summary>The longest run, or null.</summary>
    internal TimeSpan? Timeout { get; init; }

    /// <summary>The file for a picture of the display at the end, or null.</summary>
    internal string? Screenshot { get; init; }

    /// <summary>The file that the machine is saved into when a signal, Ctrl-] or the timeout ends it, or null.</summary>
    internal string? SaveOnExit { get; init; }

    /// <summary>Whether what each domain did is told at the end.</summary>
    internal bool Summary { get; init; }
}
