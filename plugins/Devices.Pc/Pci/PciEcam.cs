using Dominion.Buses;

namespace Dominion.Devices.Pc.Pci;

/// <summary>The enhanced configuration access mechanism: bus in address bits 27–20, device in 19–15, function in 14–12, register in 11–0 (PCI Express Base 3.0, 7.2.2).</summary>
internal sealed class PciEcam : IBusTarget
{
    private readonly PciHost _host;

    /// <summary>Gives memory access to a bus's configuration space.</summary>
    /// <param name="host">The bus.</param>
    public PciEcam(PciHost host)
    {
        _host = host;
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access)
    {
        ulong value = 0;
        for (int done = 0; done < (int)access.Width;)
        {
            int step = Step(access, done);
            ulong offset = access.Offset + (uint)done;
            value |= (ulong)_host.ReadConfiguration((int)(offset >> 20), (byte)(offset >> 12), (int)(offset & 0xFFF), step) << (8 * done);
            done += step;
        }

        return value;
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        for (int done = 0; done < (int)access.Width;)
        {
            int step = Step(access, done);
            ulong offset = access.Offset + (uint)done;
            uint part = (uint)(value >> (8 * done)) & (uint.MaxValue >> (32 - (8 * step)));
            _host.WriteConfiguration((int)(offset >> 20), (byte)(offset >> 12), (int)(offset & 0xFFF), step, part);
            done += step;
        }
    }

    // A function sees aligned accesses of at most a dword; another access is cut into such.
    private static int Step(in BusAccess access, int done)
    {
        int left = (int)access.Width - done;
        ulong offset = access.Offset + (uint)done;
        if (left >= 4 && (offset & 3) == 0)
            return 4;
        return left >= 2 && (offset & 1) == 0 ? 2 : 1;
    }
}
