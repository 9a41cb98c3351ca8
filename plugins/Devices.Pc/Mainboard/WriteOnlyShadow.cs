using Dominion.Buses;
using Dominion.Memory;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>An area of shadow memory whose reads come from the ROM while its writes go to RAM: how firmware copies itself in place.</summary>
/// <param name="memory">The machine's memory.</param>
/// <param name="ram">The frames of the RAM.</param>
/// <param name="rom">The frames of the ROM, as many; or null where there is none.</param>
internal sealed unsafe class WriteOnlyShadow(IMachineMemory memory, FrameRange ram, FrameRange? rom) : IBusTarget
{
    /// <inheritdoc/>
    public ulong Read(in BusAccess access)
    {
        if (rom is not { } frames)
            return ulong.MaxValue;

        // Safe: an access never crosses the end of the mapping, which is as long as the frames.
        byte* from = memory.Base + frames.Address + access.Offset;
        ulong value = 0;
        for (int i = 0; i < (int)access.Width; i++)
            value |= (ulong)from[i] << (8 * i);
        return value;
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        // Safe: as above.
        ulong address = ram.Address + access.Offset;
        for (int i = 0; i < (int)access.Width; i++)
            memory.Base[address + (ulong)i] = (byte)(value >> (8 * i));
        Interlocked.MemoryBarrier();
        for (ulong at = address; at < address + (ulong)access.Width; at++)
        {
            if (memory.CodeMarks[at >> FrameRange.FrameShift] != 0)
                memory.NotifyWrite(at, 1);
        }
    }
}
