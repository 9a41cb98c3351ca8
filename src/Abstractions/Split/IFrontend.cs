using System.Diagnostics.CodeAnalysis;

namespace Dominion.Split;

/// <summary>
/// The frontend as its backend reaches it during one connection. Nothing that the frontend says can be trusted: it may change its keys, its rings and the
/// frames that it grants at any time. All members are for the place where <see cref="IBackend"/> is called.
/// </summary>
public interface IFrontend
{
    /// <summary>Whether the frontend's kernel is 64 bits wide: the layout of structures whose protocol leaves it to the native ABI.</summary>
    bool Is64Bit { get; }

    /// <summary>Reads a key of the frontend's folder.</summary>
    /// <param name="key">The key, relative to the folder: <c>event-channel</c>, <c>queue-0/ring-ref</c>.</param>
    /// <returns>The value, or null when there is none.</returns>
    string? Read(string key);

    /// <summary>Writes a key of the backend's folder, which the frontend can read.</summary>
    /// <param name="key">The key, relative to the folder.</param>
    /// <param name="value">The value.</param>
    void Write(string key, string value);

    /// <summary>Maps granted frames, one after the other. A mapping keeps its frames from being freed or used as page tables until it is disposed, at the latest with the connection.</summary>
    /// <param name="references">The grants, at least one.</param>
    /// <param name="writable">Whether the backend will write.</param>
    /// <param name="memory">The frames on success.</param>
    /// <returns>False when a grant is not valid, not for this backend, read-only, or of a frame that the frontend's domain does not own or uses otherwise.</returns>
    bool TryMap(ReadOnlySpan<uint> references, bool writable, [NotNullWhen(true)] out IGrantedMemory? memory);

    /// <summary>Copies out of a granted frame; the grant is in use during the call only.</summary>
    /// <param name="reference">The grant.</param>
    /// <param name="offset">The first byte in the frame.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <returns>False, with nothing promised about the destination, when the range is not inside the frame or the grant is refused as by <see cref="TryMap"/>.</returns>
    bool TryRead(uint reference, int offset, Span<byte> destination);

    /// <summary>Copies into a granted frame; the grant is in use during the call only.</summary>
    /// <param name="reference">The grant.</param>
    /// <param name="offset">The first byte in the frame.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False, with nothing written, when the range is not inside the frame or the grant is refused as by <see cref="TryMap"/>.</returns>
    bool TryWrite(uint reference, int offset, ReadOnlySpan<byte> source);

    /// <summary>Binds an event channel that the frontend has allocated for this backend.</summary>
    /// <param name="port">The frontend's port.</param>
    /// <param name="onEvent">
    /// Called soon after an event, once for several, and once after binding. Does a bounded piece of work and returns whether there is more: then it is called
    /// again when others have had their turn. A <see cref="FrontendException"/> out of it closes the connection.
    /// </param>
    /// <returns>The backend's end.</returns>
    /// <exception cref="FrontendException">There is no such port for this backend.</exception>
    IEventPort Bind(uint port, Func<bool> onEvent);

    /// <summary>Closes the connection soon because of what the frontend has done, as a <see cref="FrontendException"/> does: for work that comes from elsewhere than an event.</summary>
    /// <param name="reason">What it has done, for a person.</param>
    void Fail(string reason);
}
