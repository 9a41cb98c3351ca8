using Dominion.Cpu.X86;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Paging;

/// <summary>
/// Checks the type of each frame where a core fills a translation: the walk goes through validated tables only, and no table or descriptor page is
/// ever written by the guest's own translation. The ABI's counts should make a refusal impossible; this does not rely on them.
/// </summary>
internal sealed class FrameCheck : IX86SecondLevel
{
    private readonly FrameTable _frames;
    private readonly int _owner;

    /// <summary>Makes the check of a domain.</summary>
    /// <param name="frames">The machine's frames.</param>
    /// <param name="owner">The domain, as the machine's frame table knows it.</param>
    public FrameCheck(FrameTable frames, int owner)
    {
        _frames = frames;
        _owner = owner;
    }

    /// <summary>What was refused, for the domain's last message; null when nothing was.</summary>
    public string? Refusal { get; private set; }

    /// <inheritdoc/>
    public bool TryTranslate(ulong address, MemoryAccess access, bool isPageTable, ulong linear, out X86SecondLevelMapping mapping)
    {
        mapping = default;
        ulong mfn = address >> FrameRange.FrameShift;
        int owner = mfn < _frames.Count ? _frames.Memory.OwnerOf(mfn) : -1;
        if (owner == VmmFrames.Owner)
        {
            mapping = new X86SecondLevelMapping(address, false, false);
            return access == MemoryAccess.Read || isPageTable || Refuse("writes to or runs code in a frame of the VMM", mfn, linear);
        }

        if (owner != _owner)
            return Refuse(owner < 0 ? "reaches a frame that nobody owns" : "reaches a frame of another domain", mfn, linear);
        FrameInfo frame = _frames[mfn];
        bool isTable = frame.TypeCount > 0 && frame.Type is FrameType.L1 or FrameType.L2 or FrameType.L3 or FrameType.L4;
        if (isPageTable && !isTable)
            return Refuse($"has a page walk through a frame that is {frame.Type}", mfn, linear);
        bool guarded = isTable || frame is { TypeCount: > 0, Type: FrameType.Descriptors };
        if (!isPageTable && guarded && access == MemoryAccess.Write && !PageTableEntryRules.IsVmmLinear(linear))
            return Refuse($"writes to a frame that is {frame.Type}", mfn, linear);
        mapping = new X86SecondLevelMapping(address, !guarded || PageTableEntryRules.IsVmmLinear(linear), true);
        return true;
    }

    private bool Refuse(string what, ulong mfn, ulong linear)
    {
        Refusal = $"a translation of {linear:x16}h {what}: MFN {mfn:x}h";
        return false;
    }
}
