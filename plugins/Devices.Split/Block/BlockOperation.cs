namespace Dominion.Devices.Split.Block;

/// <summary>What a block request asks; the values are BLKIF_OP_* (xen/include/public/io/blkif.h).</summary>
internal enum BlockOperation : byte
{
    Read = 0,
    Write = 1,
    WriteBarrier = 2,
    FlushDiskCache = 3,
    Discard = 5,
    Indirect = 6,
}
