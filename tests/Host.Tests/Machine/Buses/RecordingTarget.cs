using Dominion.Buses;

namespace Dominion.Host.Tests.Machine.Buses;

/// <summary>A target that keeps what it is asked; each of its bytes reads as a seed plus the offset.</summary>
internal sealed class RecordingTarget(byte seed) : IBusTarget
{
    public List<BusAccess> Reads { get; } = [];

    public List<(BusAccess Access, ulong Value)> Writes { get; } = [];

    public ulong Read(in BusAccess access)
    {
        Reads.Add(access);
        ulong value = 0;
        for (int i = 0; i < (int)access.Width; i++)
            value |= (ulong)(byte)(seed + access.Offset + (ulong)i) << (8 * i);
        // What is above the width is the device's rubbish.
        return access.Width == AccessWidth.Qword ? value : value | (0xA5A5_A5A5_A5A5_A5A5 << (8 * (int)access.Width));
    }

    public void Write(in BusAccess access, ulong value) => Writes.Add((access, value));
}
