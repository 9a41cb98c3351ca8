using Dominion.Buses;

namespace Dominion.Host.Machine.Buses;

/// <summary>A target's place in a port space. Everything happens under the domain's device lock.</summary>
internal sealed class PortMapping : IBusMapping
{
    private readonly PortSpace _space;
    private bool _enabled = true;

    internal PortMapping(PortSpace space, ulong start, ulong length, IBusTarget target, string name)
    {
        _space = space;
        Start = start;
        Length = length;
        Target = target;
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

    internal IBusTarget Target { get; }

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
    public override string ToString() => $"{Name} at port {Start:x}, {Length} ports";
}
