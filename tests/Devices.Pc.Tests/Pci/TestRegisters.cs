using Dominion.Buses;

namespace Dominion.Devices.Pc.Tests.Pci;

/// <summary>A range that remembers its last write and answers reads with it.</summary>
internal sealed class TestRegisters : IBusTarget
{
    public ulong Value { get; set; } = 0x1122_3344;

    public ulong LastOffset { get; private set; }

    public ulong Read(in BusAccess access)
    {
        LastOffset = access.Offset;
        return Value;
    }

    public void Write(in BusAccess access, ulong value)
    {
        LastOffset = access.Offset;
        Value = value;
    }
}
