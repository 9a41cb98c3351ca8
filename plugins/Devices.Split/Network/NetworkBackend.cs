using System.Globalization;
using Dominion.Services;
using Dominion.Split;

namespace Dominion.Devices.Split.Network;

/// <summary>The backend of one virtual interface on a network segment. The segment carries whole frames, so checksums and segmentation that the guest leaves to the backend are done here.</summary>
internal sealed class NetworkBackend : IBackend
{
    private readonly IBackendContext _context;
    private readonly INetworkSegment _segment;
    private readonly int _mostQueues;

    /// <summary>Puts a backend on a segment; the station is there while a frontend is connected.</summary>
    /// <param name="context">What the domain gives the backend.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="address">The station's address.</param>
    /// <param name="mostQueues">How many pairs of rings a frontend may use.</param>
    public NetworkBackend(IBackendContext context, INetworkSegment segment, MacAddress address, int mostQueues)
    {
        _context = context;
        _segment = segment;
        _mostQueues = mostQueues;
        string number = context.DeviceNumber.ToString(CultureInfo.InvariantCulture);
        FrontendKeys = new Dictionary<string, string>
        {
            ["handle"] = number,
            ["mac"] = address.ToString(),
        };
        Features = new Dictionary<string, string>
        {
            ["handle"] = number,
            ["mac"] = address.ToString(),
            ["feature-rx-copy"] = "1",
            ["feature-rx-flip"] = "0",
            ["feature-sg"] = "1",
            ["feature-gso-tcpv4"] = "1",
            ["feature-gso-tcpv6"] = "1",
            ["feature-ipv6-csum-offload"] = "1",
            ["feature-split-event-channels"] = "1",
            ["feature-multicast-control"] = "1",
            ["multi-queue-max-queues"] = mostQueues.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> FrontendKeys { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Features { get; }

    /// <inheritdoc/>
    public IDisposable Connect(IFrontend frontend)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        if (frontend.ReadNumber("request-rx-copy", 0) != 1)
            throw new FrontendException("'request-rx-copy' is not 1, and received packets are only ever copied");
        uint queues = frontend.ReadNumber("multi-queue-num-queues", 1);
        if (queues == 0 || queues > (uint)_mostQueues)
            throw new FrontendException($"'multi-queue-num-queues' is {queues}; from 1 to {_mostQueues} are offered");
        MulticastFilter? filter = frontend.ReadNumber("request-multicast-control", 0) == 1 ? new MulticastFilter() : null;
        bool scatters = frontend.ReadNumber("feature-sg", 0) == 1;
        NetworkConnection connection = new(frontend, filter);
        try
        {
            connection.Attach(_segment, _context.Post);
            for (uint i = 0; i < queues; i++)
                connection.AddQueue(queues == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"queue-{i}/"), scatters);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        return connection;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The segment is the machine's.
    }
}
