namespace Dominion.Split;

/// <summary>A backend factory with typed options.</summary>
/// <typeparam name="TOptions">The export's options type.</typeparam>
public abstract class BackendFactory<TOptions> : IBackendFactory
    where TOptions : class
{
    /// <inheritdoc/>
    public abstract string DeviceClass { get; }

    /// <inheritdoc/>
    int IBackendFactory.GetDeviceNumber(object? options, int index) => GetDeviceNumber((TOptions)options!, index);

    /// <inheritdoc/>
    IBackend IBackendFactory.Create(IBackendContext context, object? options) => Create(context, (TOptions)options!);

    /// <summary>The device's number: <paramref name="index"/>, for classes that have no numbers of their own.</summary>
    /// <param name="options">The bound options.</param>
    /// <param name="index">How many devices of the class the domain's list has before this one.</param>
    /// <returns>The number.</returns>
    protected virtual int GetDeviceNumber(TOptions options, int index) => index;

    /// <summary>Makes the backend of one device.</summary>
    /// <param name="context">What the domain gives it.</param>
    /// <param name="options">The bound options.</param>
    /// <returns>The backend.</returns>
    protected abstract IBackend Create(IBackendContext context, TOptions options);
}
