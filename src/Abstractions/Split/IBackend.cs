namespace Dominion.Split;

/// <summary>
/// The backend half of one device. The framework runs the xenbus state machine; this says what goes into it. Every member is called under the device lock
/// of the frontend's domain, on the thread that runs the domain's events. Disposed after its connection when the domain goes.
/// </summary>
public interface IBackend : IDisposable
{
    /// <summary>What the toolstack tells the frontend, in the frontend's own folder: a MAC address, say. Values are text; the framework adds the keys that every device has.</summary>
    IReadOnlyDictionary<string, string> FrontendKeys { get; }

    /// <summary>What the backend offers, in its own folder before it goes to state 2 (InitWait), at first and each time that a frontend comes back.</summary>
    IReadOnlyDictionary<string, string> Features { get; }

    /// <summary>
    /// The frontend is ready (state 3 or 4): read its keys, map its ring, bind its event channel, and write what it waits for. When this returns, the
    /// framework goes to state 4 (Connected). Called again after the frontend has closed and come back.
    /// </summary>
    /// <param name="frontend">The frontend, until the returned object is disposed.</param>
    /// <returns>The connection. The framework disposes it when either side closes or the domain is reset or goes; what was mapped and bound is still there then, and is taken away after it.</returns>
    /// <exception cref="FrontendException">The frontend's keys are wrong: the message goes to the device's <c>error</c> node, and the backend to state 5 (Closing).</exception>
    IDisposable Connect(IFrontend frontend);
}
