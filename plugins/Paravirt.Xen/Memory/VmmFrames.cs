using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;

namespace Dominion.Paravirt.Xen.Memory;

/// <summary>Frames that belong to the VMM itself. Guests reach them only where the VMM maps them.</summary>
internal static class VmmFrames
{
    /// <summary>Their owner in the machine's frame table.</summary>
    public const int Owner = DomainIds.Xen;

    /// <summary>Takes zeroed frames for the VMM.</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="count">How many.</param>
    /// <returns>The frames, in one run.</returns>
    /// <exception cref="DiagnosticException">There is no such run.</exception>
    public static FrameRange Allocate(IMachineMemory memory, ulong count) => memory.TryAllocate(Owner, count, out FrameRange range)
        ? range
        : throw new DiagnosticException(XenDiagnostics.NoMemory, $"the machine has no {count} frames in one run left for the VMM's own tables", "raise machine.memory");
}
