namespace Dominion.Conformance;

/// <summary>The machine on which a section runs here, worked out from what it asks of QEMU; or the reason why there is none.</summary>
/// <param name="Overrides">Changes of the manifest <c>machines/kvm-unit-tests.yaml</c>.</param>
/// <param name="Missing">What the section needs that is not here, or null.</param>
internal sealed record TestMachine(IReadOnlyList<string> Overrides, string? Missing)
{
    private const string IntelModel = "x86-64-v2";

    /// <summary>Which of our models stands for a processor of QEMU's.</summary>
    private static readonly Dictionary<string, string> Models = new()
    {
        ["max"] = "icelake-server",
        ["host"] = "icelake-server",
        ["qemu64"] = IntelModel,
        ["IvyBridge"] = IntelModel,
        ["Opteron_G1"] = "epyc-milan",
        ["Skylake-Server"] = "icelake-server",
    };

    /// <summary>The features that sections add or take away by names that both know.</summary>
    private static readonly string[] Features = ["x2apic", "tsc-deadline", "pcid", "invpcid", "umip", "rdtscp", "xsave", "pku", "pks"];

    /// <summary>Sections whose kernel starts its machine anew, or counts on interrupt vectors and a ticking timer as firmware leaves them.</summary>
    private static readonly string[] NeedFirmware = ["init", "realmode", "s3"];

    /// <summary>The requester id of the first PCI device of the manifest's. The test of the IOMMU puts it into the I/O APIC's entry, where the I/O APIC's own belongs: QEMU does not check that one, so the I/O APIC is given this id.</summary>
    private const string FirstDevice = "00:01.0";

    /// <summary>Works it out.</summary>
    /// <param name="section">The section.</param>
    /// <param name="firmware">A firmware image for the sections that need one, or null.</param>
    /// <returns>The machine.</returns>
    public static TestMachine For(TestSection section, string? firmware)
    {
        string[] options = section.Options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] processor = Value(options, "-cpu")?.Split(',') ?? [];
        if (processor.Contains("+vmx"))
            return Without("VT-x");
        if (processor.Contains("+svm"))
            return Without("SVM");
        if (processor.Contains("hv_passthrough"))
            return Without("Hyper-V's paravirtual interface");
        if (section.Accelerator == "kvm")
            return Without("KVM");
        if (NeedFirmware.Contains(section.Name) && firmware is null)
            return Without("a firmware image: --firmware FILE");

        string model = processor.Length == 0 ? IntelModel : Models.GetValueOrDefault(processor[0], IntelModel);
        List<string> changes = [$"domains.test.vcpus={section.Processors}", $"domains.test.cpu.model={model}"];
        if (section.Name == "pks")
            processor = [.. processor, "+pks"];
        string[] features = [.. processor.Skip(1).Select(Feature).OfType<string>()];
        if (features.Length != 0)
            changes.Add($"domains.test.cpu.features=[{string.Join(", ", features)}]");
        if (Value(options, "-m") is { } memory)
        {
            string size = memory.EndsWith('g') ? $"{memory[..^1]}GiB" : $"{memory}MiB";
            changes.Add($"domains.test.memory={size}");
            changes.Add($"machine.memory={size}");
        }

        if (Device(options, "intel-iommu") is { } iommu)
            changes.Add($"domains.test.slots.iommu={{ intel-iommu: , eim: {(iommu.Contains("eim=off") ? "false" : "true")}, ioapic: \"{FirstDevice}\" }}");
        if (Device(options, "edu") is not null)
            changes.AddRange(["domains.test.devices=[testdev, edu]", "domains.test.slots.pci={ pci-host: , whole-register-number: true }"]);
        if (section.File == "apic.flat")
            changes.Add($"domains.test.ramdisk={Environment()}");
        if (NeedFirmware.Contains(section.Name))
            changes.Add($"domains.test.board.pc.firmware={firmware}");
        return new TestMachine(changes, null);
    }

    // What the test would do with QEMU's device on KVM is a hypercall of KVM's: 0 leaves it out.
    private static string Environment()
    {
        string path = Path.Combine(Path.GetTempPath(), "kvm-unit-tests.env");
        File.WriteAllText(path, "TEST_DEVICE=0\n");
        return path;
    }

    private static TestMachine Without(string what) => new([], what);

    private static string? Value(string[] options, string name)
    {
        int place = Array.IndexOf(options, name);
        return place >= 0 && place + 1 < options.Length ? options[place + 1] : null;
    }

    // The properties of a device that is asked for, or null.
    private static string[]? Device(string[] options, string name)
    {
        for (int i = 1; i < options.Length; i++)
        {
            string[] properties = options[i].Split(',');
            if (options[i - 1] == "-device" && properties[0] == name)
                return properties[1..];
        }

        return null;
    }

    // '+name' adds, which a model that has the feature takes too; '-name' takes away.
    private static string? Feature(string text)
    {
        string name = text.Length == 0 ? "" : text[1..];
        return !Features.Contains(name) ? null : text[0] == '-' ? text : name;
    }
}
