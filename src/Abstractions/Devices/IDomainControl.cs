namespace Dominion.Devices;

/// <summary>What a device can do to its domain as a whole. Takes effect soon, not inside the call.</summary>
public interface IDomainControl
{
    /// <summary>The domain powers itself off: an ordinary end.</summary>
    /// <param name="device">Which device did it, for the record.</param>
    void PowerOff(string device);

    /// <summary>The domain resets itself.</summary>
    /// <param name="device">Which device did it, for the record.</param>
    void Reset(string device);

    /// <summary>The domain ends with a guest-given code, as through isa-debug-exit. The code 0 is an ordinary end.</summary>
    /// <param name="device">Which device did it, for the record.</param>
    /// <param name="code">The guest's code.</param>
    void Exit(string device, int code);
}
