namespace Dominion.Devices.Pc.Tests.Virtio;

/// <summary>A descriptor as a hostile guest writes it.</summary>
public sealed record HostileDescriptor(ulong Address, uint Length, ushort Flags, ushort Next);

/// <summary>Everything that a hostile guest puts into a queue's memory: the descriptor table, an indirect table, and the available ring.</summary>
public sealed record HostileRing(HostileDescriptor[] Table, HostileDescriptor[] Indirect, ushort[] Heads, ushort Index, ulong Features)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"features {Features:x} index {Index} heads [{string.Join(' ', Heads)}]\n table {string.Join("\n  ", Table.AsEnumerable())}\n indirect {string.Join("\n  ", Indirect.AsEnumerable())}";
}
