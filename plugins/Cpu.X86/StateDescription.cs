using System.Text;

namespace Dominion.Cpu.X86;

/// <summary>Registers as text, for reports of a crash.</summary>
internal static unsafe class StateDescription
{
    private static readonly string[] SegmentNames = ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"];

    /// <summary>Describes a core.</summary>
    public static string Describe(X86Core core)
    {
        ref X86State s = ref core.S->Arch;
        var text = new StringBuilder();
        text.AppendLine(null, $"vcpu {core.Index}: rip {s.Rip:x16} rflags {s.Rflags:x8} cpl {s.Cpl} {s.Activity}");
        for (int i = 0; i < 16; i++)
            text.Append(null, $"{((X86Register)i).ToString().ToLowerInvariant(),-4}{s.Gpr[i]:x16}{(i % 4 == 3 ? Environment.NewLine : "  ")}");
        for (int i = 0; i < 8; i++)
        {
            ref X86Segment segment = ref s.Segments[i];
            text.Append(null, $"{SegmentNames[i],-5}{segment.Selector:x4} {segment.Base:x16} {segment.Limit:x8} {(int)segment.Attributes:x4}");
            text.Append(i % 2 == 1 ? Environment.NewLine : "  ");
        }

        text.AppendLine(null, $"gdtr {s.Gdtr.Base:x16} {s.Gdtr.Limit:x4}  idtr {s.Idtr.Base:x16} {s.Idtr.Limit:x4}");
        text.Append(null, $"cr0  {s.Cr0:x8}  cr2 {s.Cr2:x16}  cr3 {s.Cr3:x16}  cr4 {s.Cr4:x8}  efer {s.Efer:x4}");
        return text.ToString();
    }
}
