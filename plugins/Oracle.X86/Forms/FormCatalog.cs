using Iced.Intel;

namespace Dominion.Oracle.X86.Forms;

/// <summary>The forms that the CPU models of a core advertise, in Iced's order.</summary>
internal sealed class FormCatalog
{
    private static readonly CpuidFeature[] Base =
        [CpuidFeature.INTEL8086, CpuidFeature.INTEL8086_ONLY, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386, CpuidFeature.INTEL486, CpuidFeature.X64];

    private readonly Dictionary<string, HashSet<CpuidFeature>> advertised;

    private FormCatalog(IReadOnlyList<InstructionForm> forms, Dictionary<string, HashSet<CpuidFeature>> advertised)
    {
        Forms = forms;
        this.advertised = advertised;
    }

    public IReadOnlyList<InstructionForm> Forms { get; }

    /// <summary>Lists the forms.</summary>
    /// <param name="models">What each model advertises, in the models' order.</param>
    public static FormCatalog Create(IReadOnlyList<(string Model, HashSet<CpuidFeature> Features)> models)
    {
        List<InstructionForm> forms = [];
        foreach (Code code in Enum.GetValues<Code>())
        {
            if (!FormRules.IsKnown(code.ToOpCode()))
                continue;
            string? model = models.FirstOrDefault(model => code.CpuidFeatures().All(model.Features.Contains)).Model;
            if (model is null)
                continue;
            (FormKind kind, string reason) = FormRules.Of(code);
            forms.Add(new InstructionForm(code, model, Group(code), kind, reason));
        }

        return new FormCatalog(forms, models.ToDictionary(model => model.Model, model => model.Features));
    }

    /// <summary>Whether a model has a feature.</summary>
    public bool Advertises(string model, CpuidFeature feature) => advertised[model].Contains(feature);

    private static string Group(Code code)
    {
        CpuidFeature[] features = code.CpuidFeatures();
        CpuidFeature last = features[^1];
        if (features.All(Base.Contains))
            return "base";
        return last is CpuidFeature.FPU or CpuidFeature.FPU287 or CpuidFeature.FPU387 ? "x87" : last.ToString().ToLowerInvariant().Replace('_', '.');
    }
}
