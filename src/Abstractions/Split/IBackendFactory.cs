namespace Dominion.Split;

/// <summary>Makes the backend halves of split drivers of one kind; exported with <see cref="Plugins.BackendAttribute"/>. Derive from <see cref="BackendFactory{TOptions}"/> instead of implementing this.</summary>
public interface IBackendFactory
{
    /// <summary>The device class in XenStore paths, such as <c>vbd</c>.</summary>
    string DeviceClass { get; }

    /// <summary>The device's number, by which its frontend knows it: unique in its domain and class. Asked before anything is made; depends on nothing but the arguments.</summary>
    /// <param name="options">The bound options, or null when the export has none.</param>
    /// <param name="index">How many devices of the class the domain's list has before this one.</param>
    /// <returns>The number, not negative; <paramref name="index"/> when the class has no numbers of its own.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The options give none.</exception>
    int GetDeviceNumber(object? options, int index);

    /// <summary>Makes the backend of one device. No frontend is there yet.</summary>
    /// <param name="context">What the domain gives it.</param>
    /// <param name="options">An object of the export's options type, bound and validated, or null when it has none.</param>
    /// <returns>The backend.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The options cannot be met.</exception>
    IBackend Create(IBackendContext context, object? options);
}
