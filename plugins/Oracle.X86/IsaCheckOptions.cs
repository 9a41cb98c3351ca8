using System.ComponentModel;
using Dominion.Plugins;

namespace Dominion.Oracle.X86;

/// <summary>What <c>isa-check</c> takes.</summary>
public sealed record IsaCheckOptions
{
    /// <summary>The forms.</summary>
    [Description("the forms to check: 'all', or a name of Iced's with * for any text, of a mnemonic (paddb), a form (Paddb_mm_mmm64) or a group (sse4.2)")]
    public string Forms { get; init; } = "all";

    /// <summary>Cases for each form in each mode.</summary>
    [Description("how many cases each form gets in code of each size")]
    [OptionRange(1, 100_000_000)]
    public int Cases { get; init; } = 100;

    /// <summary>The first case's number.</summary>
    [Description("the number of the first case")]
    [OptionRange(0, int.MaxValue)]
    public int First { get; init; }

    /// <summary>Where random numbers start.</summary>
    [Description("where the random numbers start; a mismatch names the seed, the form and the case that show it again")]
    public ulong Seed { get; init; } = 1;

    /// <summary>The core.</summary>
    [Description("the CPU core to check, any that plugins export; needed where there are several")]
    public string Core { get; init; } = "";

    /// <summary>The CPU model.</summary>
    [Description("the CPU model whose forms are checked; 'all' takes each form on the first model that advertises it")]
    public string Model { get; init; } = "all";

    /// <summary>The code's sizes.</summary>
    [Description("the size of the code: '64', '32', '16' or 'all'")]
    public string Mode { get; init; } = "all";

    /// <summary>The core's arithmetic.</summary>
    [Description("the core's floating point: by the host's instructions where it uses them, by exact software alone, or both")]
    public Arithmetic Arithmetic { get; init; } = Arithmetic.Both;

    /// <summary>How many mismatches are printed.</summary>
    [Description("how many mismatches are printed, one for each form; all are counted")]
    [OptionRange(0, int.MaxValue)]
    public int Show { get; init; } = 40;

    /// <summary>Whether every form is listed.</summary>
    [Description("list every form that is not run, with the reason")]
    public bool List { get; init; }
}
