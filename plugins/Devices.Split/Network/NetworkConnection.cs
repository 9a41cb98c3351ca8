using Dominion.Services;
using Dominion.Split;

namespace Dominion.Devices.Split.Network;

/// <summary>A connected frontend as a station of the segment, with its pairs of rings.</summary>
/// <param name="frontend">The frontend.</param>
/// <param name="filter">The groups that it listens to, or null for all.</param>
internal sealed class NetworkConnection(IFrontend frontend, MulticastFilter? filter) : INetworkReceiver, IDisposable
{
    private readonly List<TransmitQueue> _transmit = [];
    private readonly List<ReceiveQueue> _receive = [];
    private INetworkLink? _link;

    /// <summary>How many frames found no room and were dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>Puts the station on its segment.</summary>
    public void Attach(INetworkSegment segment, Action<Action> post) => _link = segment.Connect(this, post);

    /// <summary>Maps a pair of rings and binds its event channels.</summary>
    /// <param name="folder">Where its keys are: empty, or a queue's folder with a slash.</param>
    /// <param name="scatters">Whether a received packet may fill several pages.</param>
    /// <exception cref="FrontendException">The keys are wrong.</exception>
    public void AddQueue(string folder, bool scatters)
    {
        BackendRing transmitRing = frontend.MapRing([frontend.ReadNumber($"{folder}tx-ring-ref")], NetworkProtocol.TransmitEntrySize);
        BackendRing receiveRing = frontend.MapRing([frontend.ReadNumber($"{folder}rx-ring-ref")], NetworkProtocol.ReceiveEntrySize);
        TransmitQueue transmit = new(frontend, transmitRing, _link!, filter);
        bool isSplit = frontend.Read($"{folder}event-channel-tx") is not null;
        transmit.Port = frontend.Bind(frontend.ReadNumber($"{folder}{(isSplit ? "event-channel-tx" : "event-channel")}"), transmit.OnEvent);

        // Frames that find no room are dropped, so new room needs no attention.
        IEventPort receivePort = isSplit ? frontend.Bind(frontend.ReadNumber($"{folder}event-channel-rx"), () => false) : transmit.Port;
        _transmit.Add(transmit);
        _receive.Add(new ReceiveQueue(frontend, receiveRing, receivePort, scatters));
    }

    /// <inheritdoc/>
    public void Receive(ReadOnlySpan<byte> frame)
    {
        if (_receive.Count == 0 || frame.Length < PacketHeaders.EthernetLength || filter?.Accepts(frame) == false)
            return;
        try
        {
            if (!_receive[PacketHeaders.Flow(frame) % _receive.Count].TryPlace(frame))
                Dropped++;
        }
        catch (FrontendException wrong)
        {
            _link?.Dispose();
            frontend.Fail(wrong.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _link?.Dispose();
        foreach (TransmitQueue queue in _transmit)
            queue.Dispose();
        foreach (ReceiveQueue queue in _receive)
            queue.Dispose();
        _receive.Clear();
    }
}
