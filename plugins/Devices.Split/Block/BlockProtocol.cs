namespace Dominion.Devices.Split.Block;

/// <summary>
/// The block protocol (xen/include/public/io/blkif.h): requests and responses share a ring. All numbers are little-endian; sectors are of 512 bytes
/// whatever the disk's own are. The layout is the frontend's native one, which its <c>protocol</c> key may name.
/// <code>
///                               64-bit  32-bit
/// every request   operation u8       0       0
///                 id u64             8       4    echoed
///                 sector u64        16      12    the first sector on the disk
/// direct          segments u8        1       1    0 to 11
///                 segment[]         24      20    of 8 bytes
/// discard         flag u8            1       1    bit 0: securely; not offered
///                 sectors u64       24      20
/// indirect        operation u8       1       1    read or write
///                 segments u16       2       2
///                 grant u32[8]      28      24    of pages with 512 segments each
/// request                          112     108
/// response        id u64             0       0
///                 operation u8       8       8    echoed; of an indirect request the read or write
///                 status s16        10      10
///                                   16      12
///
/// segment         +0 grant u32   +4 first sector u8   +5 last sector u8, inside the page, both inclusive
/// </code>
/// Keys. Frontend: <c>ring-ref</c>, or <c>ring-refN</c> and <c>ring-page-order</c>; <c>event-channel</c>; <c>protocol</c>; <c>multi-queue-num-queues</c>, and
/// then <c>queue-N/</c> before the ring's and the channel's keys; <c>feature-persistent</c>. Backend: see <see cref="BlockBackend"/>.
/// </summary>
internal static class BlockProtocol
{
    public const int SectorShift = 9;
    public const int SectorsPerPage = 8;
    public const int MostDirectSegments = 11;
    public const int SegmentSize = 8;
    public const int SegmentsPerPage = 512;
    public const int MostIndirectPages = 8;

    /// <summary>The most segments of an indirect request that this backend takes.</summary>
    public const int MostIndirectSegments = 256;

    public const short StatusOkay = 0;
    public const short StatusError = -1;
    public const short StatusUnsupported = -2;

    public const uint InfoCdrom = 1;
    public const uint InfoRemovable = 2;
    public const uint InfoReadOnly = 4;
}
