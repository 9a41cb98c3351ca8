namespace Dominion.Services;

/// <summary>Takes frames from a network segment.</summary>
public interface INetworkReceiver
{
    /// <summary>Takes one frame.</summary>
    /// <param name="frame">The Ethernet frame without its frame check sequence; valid during the call.</param>
    void Receive(ReadOnlySpan<byte> frame);
}
