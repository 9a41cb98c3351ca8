namespace Dominion.FullVirt.Boot;

/// <summary>The state in which the first processor enters a kernel: 32-bit protected mode with flat segments, paging and interrupts off. What is not named here is 0.</summary>
internal readonly record struct BootEntry
{
    /// <summary>The physical address of the first instruction.</summary>
    public required uint Eip { get; init; }

    /// <summary>EAX.</summary>
    public uint Eax { get; init; }

    /// <summary>EBX.</summary>
    public uint Ebx { get; init; }

    /// <summary>ESI.</summary>
    public uint Esi { get; init; }

    /// <summary>The address of the global descriptor table that <see cref="FlatDescriptorTable"/> describes.</summary>
    public required uint DescriptorTable { get; init; }
}
