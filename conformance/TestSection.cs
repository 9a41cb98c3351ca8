namespace Dominion.Conformance;

/// <summary>A section of kvm-unit-tests' <c>unittests.cfg</c>: one run of one kernel.</summary>
internal sealed record TestSection
{
    /// <summary>The section's name.</summary>
    public required string Name { get; init; }

    /// <summary>The kernel's file name.</summary>
    public string File { get; init; } = "";

    /// <summary>How many processors the test wants.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>The kernel's command line.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>QEMU's options that the section asks for; they say which processor, how much memory.</summary>
    public string Options { get; init; } = "";

    /// <summary><c>i386</c>, <c>x86_64</c>, or empty for either.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The accelerator without which the test says nothing, or empty.</summary>
    public string Accelerator { get; init; } = "";

    /// <summary>The groups of the section, separated by spaces.</summary>
    public string Groups { get; init; } = "";
}
