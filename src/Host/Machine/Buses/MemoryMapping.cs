using Dominion.Buses;

namespace Dominion.Host.Machine.Buses;

/// <summary>A device's or a run of frames' place in a memory space. Changes happen under the domain's device lock.</summary>
internal sealed unsafe class MemoryMapping : IBusMapping
{
    private readonly MemorySpace _space;
    private bool _enabled = true;

    internal MemoryMapping(MemorySpace space, ulong start, ulong length, IBusTarget? target, byte* host, bool writable, string name)
    {
        _space = space;
        Start = start;
        Length = length;
        Target = target;
        Host = host;
        Writable = writable;
        Name = name;
    }

    /// <inheritdoc/>
    public ulong Start { get; private set; }

    /// <inheritdoc/>
    public ulong Length { get; }

    /// <inheritdoc/>
    public bool Enabled
    {
        get => _enabled;
        set
        {
            using (_space.DeviceLock.EnterScope())
            {
                if (_enabled == value)
                    return;
                _enabled = value;
                _space.Rebuild();
            }
        }
    }

    /// <summary>What answers, or null for frames.</summary>
    internal IBusTarget? Target { get; }

    /// <summary>The host address of the first byte of frames, or null for a device.</summary>
    internal byte* Host { get; }

    internal bool Writable { get; }

    internal string Name { get; }

    /// <inheritdoc/>
    public void Move(ulong start)
    {
        using (_space.DeviceLock.EnterScope())
        {
            if (Start == start)
                return;
            Start = start;
            if (_enabled)
                _space.Rebuild();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _space.Remove(this);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} at {Start:x}, {Length:x} bytes";
}
