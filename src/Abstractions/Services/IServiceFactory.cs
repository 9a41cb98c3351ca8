namespace Dominion.Services;

/// <summary>Makes services of one kind; exported with <see cref="Plugins.ServiceAttribute"/>.</summary>
public interface IServiceFactory
{
    /// <summary>The contract that the services implement, such as <see cref="IBlockStore"/>; binding checks references against it.</summary>
    Type Contract { get; }

    /// <summary>Makes one service.</summary>
    /// <param name="context">What the machine gives.</param>
    /// <param name="options">The bound options, or null when the export has none.</param>
    /// <returns>An object that implements <see cref="Contract"/>; disposed with the machine when it is disposable.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The options cannot be met: a file that is not there, say.</exception>
    object Create(IServiceContext context, object? options);
}
