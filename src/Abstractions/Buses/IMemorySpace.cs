using Dominion.Memory;

namespace Dominion.Buses;

/// <summary>A domain's physical memory space as a board builds it: what is RAM, what is ROM, what is a device.</summary>
public interface IMemorySpace : IPhysicalAddressSpace
{
    /// <summary>Puts a device on a range of addresses. Where two mappings overlap, the later one answers; devices hide RAM.</summary>
    /// <param name="start">The first address.</param>
    /// <param name="length">The length in bytes.</param>
    /// <param name="target">What answers.</param>
    /// <param name="name">A name for logs.</param>
    /// <returns>The mapping.</returns>
    IBusMapping Map(ulong start, ulong length, IBusTarget target, string name);

    /// <summary>Puts frames of the domain on a range of addresses.</summary>
    /// <param name="start">The first address, a multiple of 4096.</param>
    /// <param name="frames">The frames; the domain must own them.</param>
    /// <param name="writable">False for ROM: the guest's and devices' writes are dropped.</param>
    /// <param name="name">A name for logs.</param>
    /// <returns>The mapping.</returns>
    IBusMapping MapFrames(ulong start, FrameRange frames, bool writable, string name);
}
