namespace Dominion.Split;

/// <summary>A split device that the manifest asks for: its backend found, its options bound, not made yet.</summary>
public interface IBackendBinding
{
    /// <summary>The export's name.</summary>
    string Backend { get; }

    /// <summary>The name that the device has in its domain.</summary>
    string Name { get; }

    /// <summary>The device class in XenStore paths.</summary>
    string DeviceClass { get; }

    /// <summary>The device's number, unique in its domain and class.</summary>
    int DeviceNumber { get; }

    /// <summary>Makes the backend. Called once.</summary>
    /// <param name="context">What the domain gives it.</param>
    /// <returns>The backend.</returns>
    IBackend Create(IBackendContext context);
}
