using System.Globalization;
using Dominion.Split;

namespace Dominion.Devices.Split.Block;

/// <summary>One ring of a frontend. Requests are executed one after the other and answered at once, so that none is answered twice and barriers hold by themselves.</summary>
internal sealed class BlockQueue : IDisposable
{
    /// <summary>How many requests are executed before others have their turn.</summary>
    private const int RequestsPerTurn = 16;

    private const int LargestResponse = 16;

    private readonly BackendRing _ring;
    private readonly IEventPort _port;
    private readonly BlockLayout _layout;
    private readonly BlockExecutor _executor;
    private readonly byte[] _request;

    /// <summary>Maps the ring and binds the event channel.</summary>
    /// <param name="frontend">The frontend.</param>
    /// <param name="folder">Where its keys are: empty, or a queue's folder with a slash.</param>
    /// <param name="pages">How many pages the ring has.</param>
    /// <param name="layout">The layout of requests.</param>
    /// <param name="executor">Executes them.</param>
    /// <exception cref="FrontendException">The keys are wrong.</exception>
    public BlockQueue(IFrontend frontend, string folder, int pages, BlockLayout layout, BlockExecutor executor)
    {
        _layout = layout;
        _executor = executor;
        _request = new byte[layout.RequestSize];
        uint[] references = new uint[pages];

        // A ring of one page may be told in either way.
        if (pages == 1 && frontend.Read($"{folder}ring-ref0") is null)
        {
            references[0] = frontend.ReadNumber($"{folder}ring-ref");
        }
        else
        {
            for (int i = 0; i < pages; i++)
                references[i] = frontend.ReadNumber(string.Create(CultureInfo.InvariantCulture, $"{folder}ring-ref{i}"));
        }

        _ring = frontend.MapRing(references, layout.RequestSize);
        _port = frontend.Bind(frontend.ReadNumber($"{folder}event-channel"), OnEvent);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _port.Dispose();
        _ring.Dispose();
    }

    private bool OnEvent()
    {
        Span<byte> response = stackalloc byte[LargestResponse];
        for (int i = 0; i < RequestsPerTurn && _ring.TryTake(_request); i++)
        {
            short status = _executor.Execute(_request);
            _ring.Respond(_layout.Respond(response, _layout.GetId(_request), BlockLayout.GetEchoedOperation(_request), status));
            if (_ring.Publish())
                _port.Notify();
        }

        return _ring.Arm();
    }
}
