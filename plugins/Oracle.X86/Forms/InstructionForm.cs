using Iced.Intel;

namespace Dominion.Oracle.X86.Forms;

/// <summary>One encoding of an instruction.</summary>
/// <param name="Code">Iced's name of it.</param>
/// <param name="Model">The first CPU model that advertises it.</param>
/// <param name="Group">What it is listed under: the feature that it came with.</param>
/// <param name="Kind">How it is checked.</param>
/// <param name="Reason">Why it is not checked in full, or an empty text.</param>
internal sealed record InstructionForm(Code Code, string Model, string Group, FormKind Kind, string Reason)
{
    public OpCodeInfo Info { get; } = Code.ToOpCode();

    /// <summary>Whether the form exists in code of a size, for Intel's and AMD's processors alike.</summary>
    public bool IsIn(CodeMode mode) => mode switch
    {
        CodeMode.Bits16 => Info.Mode16 && Info.IntelDecoder16 && Info.AmdDecoder16,
        CodeMode.Bits32 => Info.Mode32 && Info.IntelDecoder32 && Info.AmdDecoder32,
        _ => Info.Mode64 && Info.IntelDecoder64 && Info.AmdDecoder64,
    };

    /// <summary>Whether the form exists in code of a size for any processor.</summary>
    public bool ExistsIn(CodeMode mode) => mode switch
    {
        CodeMode.Bits16 => Info.Mode16,
        CodeMode.Bits32 => Info.Mode32,
        _ => Info.Mode64,
    };

    /// <summary>Whether it is run on the host.</summary>
    public bool IsRun => Kind is FormKind.Checked or FormKind.ShapeOnly or FormKind.Privileged;
}
