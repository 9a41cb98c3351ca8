using Dominion.Buses;

namespace Dominion.Devices.Pc.Tests.Pci;

/// <summary>A port space of targets that do not overlap.</summary>
internal sealed class TestPorts : IPortSpace
{
    public List<TestMapping> Mappings { get; } = [];

    public IBusMapping Map(ushort start, int length, IBusTarget target, string name)
    {
        TestMapping mapping = new(start, (ulong)length, target);
        Mappings.Add(mapping);
        return mapping;
    }

    public uint Read(ushort port, AccessWidth width, int initiator)
    {
        uint mask = uint.MaxValue >> (32 - (8 * (int)width));
        TestMapping? mapping = Mappings.FindLast(m => m.Answers(port, (int)width));
        return mapping is null ? mask : (uint)mapping.Target.Read(new BusAccess(port - mapping.Start, width, initiator)) & mask;
    }

    public void Write(ushort port, AccessWidth width, uint value, int initiator)
    {
        TestMapping? mapping = Mappings.FindLast(m => m.Answers(port, (int)width));
        mapping?.Target.Write(new BusAccess(port - mapping.Start, width, initiator), value & (uint.MaxValue >> (32 - (8 * (int)width))));
    }
}
