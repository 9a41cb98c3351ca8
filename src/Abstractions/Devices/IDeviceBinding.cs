namespace Dominion.Devices;

/// <summary>A device that the manifest and the board's slots ask for: found, its options bound, not made yet.</summary>
public interface IDeviceBinding
{
    /// <summary>The slot it sits in, or null for one from the manifest's <c>devices:</c>.</summary>
    string? Slot { get; }

    /// <summary>The export's name.</summary>
    string Device { get; }

    /// <summary>The name that the device has in its domain.</summary>
    string Name { get; }

    /// <summary>Makes the device. Called once.</summary>
    /// <param name="context">What the board gives it.</param>
    /// <returns>The device.</returns>
    IDevice Create(IDeviceContext context);
}
