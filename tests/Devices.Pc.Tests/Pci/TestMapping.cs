using Dominion.Buses;

namespace Dominion.Devices.Pc.Tests.Pci;

/// <summary>A mapping that only remembers where it is.</summary>
internal sealed class TestMapping(ulong start, ulong length, IBusTarget target) : IBusMapping
{
    public ulong Start { get; private set; } = start;

    public ulong Length { get; } = length;

    public bool Enabled { get; set; } = true;

    public IBusTarget Target { get; } = target;

    public bool Disposed { get; private set; }

    public void Move(ulong start) => Start = start;

    public void Dispose() => Disposed = true;

    public bool Answers(ulong address, int width) => Enabled && !Disposed && address >= Start && address + (uint)width <= Start + Length;
}
