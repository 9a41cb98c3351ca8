namespace Dominion.Devices.Pc.Network;

/// <summary>Takes a frame that the card sends.</summary>
/// <param name="frame">The frame without its check sequence; valid during the call.</param>
internal delegate void E1000FrameSink(ReadOnlySpan<byte> frame);
