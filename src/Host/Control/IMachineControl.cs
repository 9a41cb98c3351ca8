namespace Dominion.Host.Control;

/// <summary>
/// Control of a running machine: what the verbs of the command line call over the machine's socket, and what an embedding program calls
/// on a <see cref="MachineControl"/>. Over the socket it is JSON-RPC 2.0, a message a line; docs/running.md describes it. A member that
/// takes a domain takes its name, or null where the machine has one domain only. What cannot be done is refused with a
/// <see cref="Diagnostics.DiagnosticException"/>. Safe from any thread.
/// </summary>
public interface IMachineControl
{
    /// <summary>Describes the machine and its domains.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What they are now.</returns>
    Task<MachineStatus> GetStatusAsync(CancellationToken cancellation = default);

    /// <summary>Holds a domain's vCPUs and time.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task PauseAsync(string? domain, CancellationToken cancellation = default);

    /// <summary>Lets a paused domain go on.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task UnpauseAsync(string? domain, CancellationToken cancellation = default);

    /// <summary>Asks a guest to shut down, as a power button does. Does not wait until it has.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task ShutdownAsync(string? domain, CancellationToken cancellation = default);

    /// <summary>Resets a domain, as a reset button does.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task RebootAsync(string? domain, CancellationToken cancellation = default);

    /// <summary>Ends a domain at once, without asking the guest.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task DestroyAsync(string? domain, CancellationToken cancellation = default);

    /// <summary>Ends every domain at once, and the machine with them.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    Task StopAsync(CancellationToken cancellation = default);

    /// <summary>Writes the whole machine into a file, for <see cref="Machine.MachineRuntime.Restore"/>.</summary>
    /// <param name="path">The file's absolute path; replaced when all is written.</param>
    /// <param name="stop">Whether the machine ends with that; null: when it writes disk images in place, which would change under what is saved.</param>
    /// <param name="cancellation">Ends the wait, not the saving.</param>
    /// <returns>Whether the machine has ended.</returns>
    Task<bool> SaveAsync(string path, bool? stop, CancellationToken cancellation = default);

    /// <summary>Takes a picture of a domain's display.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A PNG image.</returns>
    Task<byte[]> TakeScreenshotAsync(string? domain, CancellationToken cancellation = default);

    /// <summary>Hashes a domain's memory: equal runs have equal hashes. The machine stands still meanwhile.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellation">Ends the wait, not the hashing.</param>
    /// <returns>The SHA-256 in hexadecimal digits.</returns>
    Task<string> HashMemoryAsync(string? domain, CancellationToken cancellation = default);

    /// <summary>Follows a domain's console: what it showed last, then what it shows, until the domain ends. A reader that does not keep up misses some.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Runs of bytes.</returns>
    IAsyncEnumerable<byte[]> ReadConsoleAsync(string? domain, CancellationToken cancellation = default);

    /// <summary>Types on a domain's console, as much as there is room for.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="bytes">What is typed.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How many bytes were taken.</returns>
    Task<int> TypeAsync(string? domain, byte[] bytes, CancellationToken cancellation = default);
}
