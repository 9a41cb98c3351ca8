using System.Text;
using Dominion.Cpu.X86.Models;
using Dominion.Cpu.X86.Tests.Interpreter.Float;

namespace Dominion.Cpu.X86.Tests.Models;

/// <summary>That what each model's leaves say fits together.</summary>
public sealed class CpuModelTests
{
    public static TheoryData<string> Names => [.. CpuModelCatalog.Names];

    [Fact]
    public void TheDefaultComesFirst() => Assert.Equal("x86-64-v2", new X86CoreFactory().Models[0]);

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryFeatureIsInItsLeaf(string name)
    {
        using var machine = new FloatMachine(64, name);
        foreach (CpuFeature feature in CpuFeatures.All)
        {
            X86CpuidResult leaf = machine.Core.Cpuid.Get(feature.Leaf, feature.Subleaf);
            uint register = feature.Register switch
            {
                0 => leaf.Eax,
                1 => leaf.Ebx,
                2 => leaf.Ecx,
                _ => leaf.Edx,
            };
            Assert.Equal(machine.Core.Model.Features.Contains(feature.Name), ((register >> feature.Bit) & 1) != 0);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryLeafIsWithinTheMaximum(string name)
    {
        CpuModel model = CpuModelCatalog.Find(name);
        Assert.Equal(name, model.Name);
        foreach (uint leaf in model.Leaves.Select(leaf => leaf.Leaf).Concat(model.Features.Select(feature => CpuFeatures.Find(feature)!.Leaf)))
            Assert.True(leaf <= (leaf >= 0x8000_0000 ? model.MaximumExtendedLeaf : model.MaximumLeaf), $"{name} hides leaf {leaf:x}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void BeyondTheLastLeafEachMakerAnswersInItsWay(string name)
    {
        using var machine = new FloatMachine(64, name);
        CpuModel model = machine.Core.Model;
        X86CpuidResult expected = model.IsAmd ? default : machine.Core.Cpuid.Get(model.MaximumLeaf, 0);
        Assert.Equal(expected, machine.Core.Cpuid.Get(model.MaximumLeaf + 1, 0));
        Assert.Equal(expected, machine.Core.Cpuid.Get(model.MaximumExtendedLeaf + 1, 0));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheXsaveAreaHoldsItsComponents(string name)
    {
        using var machine = new FloatMachine(64, name);
        X86CpuidResult whole = machine.Core.Cpuid.Get(0xD, 0);
        uint end = 576;
        uint compacted = 576;
        for (int i = 2; i < 32; i++)
        {
            X86CpuidResult component = machine.Core.Cpuid.Get(0xD, (uint)i);
            Assert.Equal((whole.Eax >> i) & 1, component.Eax != 0 ? 1u : 0);
            end = Math.Max(end, component.Eax + component.Ebx);
            compacted += component.Eax;
        }

        Assert.Equal(end, whole.Ecx);
        Assert.Equal(576u, whole.Ebx);
        machine.State.Xcr0 = whole.Eax;
        Assert.Equal(end, machine.Core.Cpuid.Get(0xD, 0).Ebx);
        if (machine.Core.Model.Features.Contains("xsavec"))
            Assert.Equal(compacted, machine.Core.Cpuid.Get(0xD, 1).Ebx);
    }

    /// <summary>APM volume 3, appendix E.4: the vendor, the signature and the basic bits again; no leaf 4, caches in leaf 8000_001D.</summary>
    [Fact]
    public void AmdRepeatsItselfInTheExtendedLeaves()
    {
        using var machine = new FloatMachine(64, "epyc-milan");
        X86CpuidResult basic = machine.Core.Cpuid.Get(1, 0);
        X86CpuidResult extended = machine.Core.Cpuid.Get(0x8000_0001, 0);
        X86CpuidResult vendor = machine.Core.Cpuid.Get(0, 0);
        Assert.Equal(vendor with { Eax = 0 }, machine.Core.Cpuid.Get(0x8000_0000, 0) with { Eax = 0 });
        Assert.Equal(basic.Eax, extended.Eax);
        Assert.Equal(basic.Edx & 0x0183_F3FF, extended.Edx & 0x0183_F3FF);
        Assert.Equal(default, machine.Core.Cpuid.Get(4, 0));
        Assert.Equal(0x21u, machine.Core.Cpuid.Get(0x8000_001D, 0).Eax & 0xFF);
    }

    [Theory]
    [InlineData("epyc-milan", 0xC001_0015u, true)]
    [InlineData("epyc-milan", 0xC001_1029u, true)]
    [InlineData("icelake-server", 0xC001_0015u, false)]
    [InlineData("icelake-server", 0xDA0u, true)]
    [InlineData("x86-64-v2", 0xDA0u, false)]
    public void RegistersAreThoseOfTheModel(string name, uint index, bool exists)
    {
        using var machine = new FloatMachine(64, name);
        Assert.Equal(exists, machine.Core.Msrs.TryRead(index, out _));
    }

    [Fact]
    public void TheDocumentHasTheTable()
    {
        string document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cpu-models.md"));
        Assert.Contains(Table(), document.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static string Table()
    {
        CpuModel[] models = [.. CpuModelCatalog.Names.Select(CpuModelCatalog.Find)];
        var text = new StringBuilder();
        text.Append("| feature | leaf |").AppendJoin(" |", models.Select(model => $" `{model.Name}`")).Append(" |\n");
        text.Append("| --- | --- |").AppendJoin(" |", models.Select(_ => " :-:")).Append(" |\n");
        foreach (CpuFeature feature in CpuFeatures.All)
        {
            string register = (feature.Register switch { 0 => "EAX", 1 => "EBX", 2 => "ECX", _ => "EDX" }) + $"[{feature.Bit}]";
            text.Append($"| `{feature.Name}` | {feature.Leaf:X}{(feature.Subleaf != 0 ? $".{feature.Subleaf}" : "")} {register} |")
                .AppendJoin(" |", models.Select(model => model.Features.Contains(feature.Name) ? " x" : " "))
                .Append(" |\n");
        }

        return text.ToString();
    }
}
