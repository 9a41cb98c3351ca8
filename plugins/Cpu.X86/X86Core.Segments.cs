using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86;

/// <content>The checks of a segment that is not flat.</content>
internal sealed unsafe partial class X86Core
{
    /// <summary>Checks an access against a segment's type and limit (SDM volume 3A, 5.3 and 5.5).</summary>
    /// <returns>False with #GP(0) or, for SS, #SS(0) recorded.</returns>
    public bool CheckSegment(int segment, uint offset, int size, bool write)
    {
        ref X86Segment s = ref S->Arch.Segments[segment];
        X86Exception vector = segment == (int)X86SegmentRegister.Ss ? X86Exception.StackFault : X86Exception.GeneralProtection;
        bool paragraphs = HasParagraphSegments;
        bool code = (s.Attributes & X86SegmentAttributes.Code) != 0;
        if (!paragraphs)
        {
            if (!s.IsUsable)
                return SetFault(vector, 0);
            bool readWrite = (s.Attributes & X86SegmentAttributes.WritableOrReadable) != 0;
            if (write ? code || !readWrite : code && !readWrite)
                return SetFault(vector, 0);
        }

        ulong last = (ulong)offset + (uint)size - 1;
        if (!code && (s.Attributes & X86SegmentAttributes.ExpandDownOrConforming) != 0)
        {
            uint top = (s.Attributes & X86SegmentAttributes.Default32) != 0 ? uint.MaxValue : 0xFFFFu;
            return (offset > s.Limit && last <= top) || SetFault(vector, 0);
        }

        return last <= s.Limit || SetFault(vector, 0);
    }
}
