using Dominion.Buses;

namespace Dominion.Host.Machine.Buses;

/// <summary>A domain's I/O ports: a table of pages of ports, each entry the mapping that answers. Everything happens under the device lock.</summary>
public sealed class PortSpace : IPortSpace
{
    private const int PortCount = 0x10000;
    private const int PageBits = 8;
    private const int PageSize = 1 << PageBits;
    private readonly List<PortMapping> _mappings = [];
    private readonly PortMapping?[]?[] _pages = new PortMapping?[]?[PortCount >> PageBits];

    /// <summary>Makes an empty space.</summary>
    /// <param name="deviceLock">The domain's device lock.</param>
    public PortSpace(Lock deviceLock)
    {
        DeviceLock = deviceLock;
    }

    internal Lock DeviceLock { get; }

    /// <inheritdoc/>
    public IBusMapping Map(ushort start, int length, IBusTarget target, string name)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, PortCount - start);
        PortMapping mapping = new(this, start, (ulong)length, target, name);
        using (DeviceLock.EnterScope())
        {
            _mappings.Add(mapping);
            Rebuild();
        }
        return mapping;
    }

    /// <inheritdoc/>
    public uint Read(ushort port, AccessWidth width, int initiator)
    {
        using (DeviceLock.EnterScope())
            return Read(port, (int)width, initiator);
    }

    /// <inheritdoc/>
    public void Write(ushort port, AccessWidth width, uint value, int initiator)
    {
        using (DeviceLock.EnterScope())
            Write(port, (int)width, value, initiator);
    }

    internal void Remove(PortMapping mapping)
    {
        using (DeviceLock.EnterScope())
        {
            if (_mappings.Remove(mapping))
                Rebuild();
        }
    }

    /// <summary>Fills the table from the mappings. A mapping that a guest moved past the last port answers as far as there are ports.</summary>
    internal void Rebuild()
    {
        foreach (PortMapping?[]? page in _pages)
            page.AsSpan().Clear();
        foreach (PortMapping mapping in _mappings)
        {
            if (!mapping.Enabled || mapping.Start >= PortCount)
                continue;
            int end = (int)Math.Min(PortCount, mapping.Start + mapping.Length);
            for (int port = (int)mapping.Start; port < end; port++)
                (_pages[port >> PageBits] ??= new PortMapping?[PageSize])[port & (PageSize - 1)] = mapping;
        }
    }

    private uint Read(int port, int width, int initiator)
    {
        PortMapping? mapping = At(port);
        if (IsWhole(mapping, port, width))
        {
            uint ones = uint.MaxValue >> (32 - (8 * width));
            return mapping is null ? ones : (uint)mapping.Target.Read(new BusAccess((ulong)port - mapping.Start, (AccessWidth)width, initiator)) & ones;
        }
        int half = width / 2;
        uint low = Read(port, half, initiator);
        return low | (Read(port + half, half, initiator) << (8 * half));
    }

    private void Write(int port, int width, uint value, int initiator)
    {
        PortMapping? mapping = At(port);
        if (IsWhole(mapping, port, width))
        {
            mapping?.Target.Write(new BusAccess((ulong)port - mapping.Start, (AccessWidth)width, initiator), value & (uint.MaxValue >> (32 - (8 * width))));
            return;
        }
        int half = width / 2;
        Write(port, half, value, initiator);
        Write(port + half, half, value >> (8 * half), initiator);
    }

    private bool IsWhole(PortMapping? mapping, int port, int width)
    {
        for (int i = 1; i < width; i++)
        {
            if (!ReferenceEquals(At(port + i), mapping))
                return false;
        }
        return true;
    }

    private PortMapping? At(int port) => port < PortCount ? _pages[port >> PageBits]?[port & (PageSize - 1)] : null;
}
