namespace Dominion.Services;

/// <summary>A station's end of a network segment.</summary>
public interface INetworkLink : IDisposable
{
    /// <summary>Sends one Ethernet frame, without its frame check sequence. The bytes are copied; a frame that finds no room is dropped, as on a wire. Safe from any thread.</summary>
    /// <param name="frame">At least 14 and at most 65,550 bytes; another length is dropped.</param>
    void Send(ReadOnlySpan<byte> frame);
}
