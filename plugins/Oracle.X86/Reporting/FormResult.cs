using Dominion.Oracle.X86.Forms;

namespace Dominion.Oracle.X86.Reporting;

/// <summary>What came of a form.</summary>
internal sealed class FormResult(InstructionForm form)
{
    public InstructionForm Form => form;

    /// <summary>Cases that ran on the host and the core.</summary>
    public long Cases { get; set; }

    /// <summary>Those that ran in software arithmetic besides.</summary>
    public long SoftwareCases { get; set; }

    /// <summary>Those that ended in an exception of the instruction itself.</summary>
    public long Faults { get; set; }

    public long Mismatches { get; set; }

    /// <summary>Whether the host can run the form at all.</summary>
    public bool IsRunnable { get; set; }

    /// <summary>Whether the core knows the form.</summary>
    public bool IsImplemented { get; set; }
}
