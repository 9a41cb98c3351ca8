namespace Dominion.Devices.Split.Network;

/// <summary>
/// The network protocol (xen/include/public/io/netif.h): a ring for what the frontend sends and one for what it receives. All numbers are little-endian.
/// <code>
/// transmit request   +0 grant u32   +4 offset u16   +6 flags u16   +8 id u16   +10 size u16       12 bytes, a ring entry
///          response  +0 id u16      +2 status s16
/// receive  request   +0 id u16      +4 grant u32                                                 8 bytes, a ring entry
///          response  +0 id u16      +2 offset u16   +4 flags u16   +6 status s16: length or error
/// extra info         +0 type u8     +1 flags u8 (1: another one follows)   +2 by type
///          GSO       +2 segment size u16   +4 kind u8   +6 features u16
///          multicast +2 address u8[6]
/// </code>
/// A packet to send is a request with the whole packet's size, then its extra infos, then requests with the size of a fragment each while the one before has
/// "more data". Each has a response of its own, in order; an extra info's is null. A received packet is a response a page, in the place of the request whose
/// page it fills.
/// Keys. Frontend: <c>tx-ring-ref</c>, <c>rx-ring-ref</c>, <c>event-channel</c> or <c>event-channel-tx</c> and <c>-rx</c>; <c>multi-queue-num-queues</c>, and
/// then <c>queue-N/</c> before these; <c>request-rx-copy</c>, <c>feature-sg</c>, <c>request-multicast-control</c>. Backend: see <see cref="NetworkBackend"/>.
/// </summary>
internal static class NetworkProtocol
{
    public const int TransmitEntrySize = 12;
    public const int TransmitResponseSize = 4;
    public const int ReceiveEntrySize = 8;

    public const ushort TransmitChecksumBlank = 1;
    public const ushort TransmitMoreData = 4;
    public const ushort TransmitExtraInfo = 8;

    public const ushort ReceiveMoreData = 4;

    public const byte ExtraMore = 1;

    public const short StatusError = -1;
    public const short StatusOkay = 0;
    public const short StatusNull = 1;

    public const byte GsoTcpV4 = 1;
    public const byte GsoTcpV6 = 2;

    /// <summary>The largest packet: its size has 16 bits.</summary>
    public const int MostPacket = 0xFFFF;
}
