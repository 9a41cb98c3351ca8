using Dominion.Buses;
using Dominion.Memory;

namespace Dominion.Devices.Pc.Tests.Pci;

/// <summary>RAM from address 0 and devices above it. Remembers what was written to RAM by devices.</summary>
internal sealed unsafe class TestMemorySpace(int ramLength = 1 << 20) : IMemorySpace
{
    public byte[] Ram { get; } = new byte[ramLength];

    public List<TestMapping> Mappings { get; } = [];

    public List<(ulong Address, int Length)> DeviceWrites { get; } = [];

    public int AddressBits { get; init; } = 40;

    event Action? IPhysicalAddressSpace.LayoutChanged
    {
        add { }
        remove { }
    }

    public IBusMapping Map(ulong start, ulong length, IBusTarget target, string name)
    {
        TestMapping mapping = new(start, length, target);
        Mappings.Add(mapping);
        return mapping;
    }

    public IBusMapping MapFrames(ulong start, FrameRange frames, bool writable, string name) => throw new InvalidOperationException("no frames here");

    public byte* GetPage(ulong address, MemoryAccess access) => null;

    public ulong Read(ulong address, AccessWidth width, int initiator)
    {
        ulong mask = ulong.MaxValue >> (64 - (8 * (int)width));
        TestMapping? mapping = Mappings.FindLast(m => m.Answers(address, (int)width));
        return mapping is null ? mask : mapping.Target.Read(new BusAccess(address - mapping.Start, width, initiator)) & mask;
    }

    public void Write(ulong address, AccessWidth width, ulong value, int initiator)
    {
        TestMapping? mapping = Mappings.FindLast(m => m.Answers(address, (int)width));
        mapping?.Target.Write(new BusAccess(address - mapping.Start, width, initiator), value & (ulong.MaxValue >> (64 - (8 * (int)width))));
    }

    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!IsRam(address, destination.Length))
            return false;
        Ram.AsSpan((int)address, destination.Length).CopyTo(destination);
        return true;
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (!IsRam(address, source.Length))
            return false;
        source.CopyTo(Ram.AsSpan((int)address));
        DeviceWrites.Add((address, source.Length));
        return true;
    }

    private bool IsRam(ulong address, int length) => address <= (ulong)Ram.Length && (ulong)length <= (ulong)Ram.Length - address;
}
