using System.Text.RegularExpressions;

namespace Dominion.Oracle.X86.Forms;

/// <summary>Chooses forms by their name, mnemonic or group; <c>*</c> stands for any text, commas separate several.</summary>
internal sealed class FormFilter
{
    private readonly Regex? pattern;

    /// <param name="text">The patterns; <c>all</c> chooses every form.</param>
    public FormFilter(string text)
    {
        if (text == "all")
            return;
        string[] parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        pattern = new Regex($"^({string.Join('|', parts.Select(part => Regex.Escape(part).Replace("\\*", ".*")))})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    /// <summary>Whether a form is chosen.</summary>
    public bool Matches(InstructionForm form) =>
        pattern is null || pattern.IsMatch(form.Code.ToString()) || pattern.IsMatch(form.Info.Mnemonic.ToString()) || pattern.IsMatch(form.Group);
}
