namespace Dominion.Host.Machine.Buses;

/// <summary>A range of physical addresses that one mapping answers for, with nothing above it.</summary>
internal sealed unsafe class MemoryRange
{
    internal MemoryRange(ulong start, ulong end, MemoryMapping mapping)
    {
        Start = start;
        End = end;
        Mapping = mapping;
        Host = mapping.Host is null ? null : mapping.Host + (start - mapping.Start);
        Writable = mapping.Writable;
    }

    /// <summary>The first address.</summary>
    internal ulong Start { get; }

    /// <summary>The address after the last.</summary>
    internal ulong End { get; }

    internal MemoryMapping Mapping { get; }

    /// <summary>The host address of <see cref="Start"/> for RAM and ROM, null for a device.</summary>
    internal byte* Host { get; }

    internal bool Writable { get; }
}
