using System.Globalization;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>Every user-mode instruction up to the level x86-64-v3, and of what current kernels use besides, against the host's CPU. DOMINION_ISA_CASES is the number of cases an encoding gets, DOMINION_ISA_SEED where their random numbers start.</summary>
public sealed class InstructionOracleTests
{
    private const int MostReported = 40;

    private static int Cases => Setting("DOMINION_ISA_CASES", 12);

    private static int Seed => Setting("DOMINION_ISA_SEED", 1);

    [Fact]
    public void TheCatalogHoldsTheWholeLevel()
    {
        Assert.InRange(InstructionCatalog.Codes.Count, 1500, 3000);
        foreach (Mnemonic mnemonic in (Mnemonic[])[Mnemonic.Add, Mnemonic.Pshufb, Mnemonic.Pcmpestri, Mnemonic.Dpps, Mnemonic.Cvtpi2ps, Mnemonic.Cmpxchg16b, Mnemonic.Crc32, Mnemonic.Popcnt, Mnemonic.Vfmaddsub213pd, Mnemonic.Vgatherqps, Mnemonic.Vcvtps2ph, Mnemonic.Vpermd, Mnemonic.Vzeroall, Mnemonic.Pdep, Mnemonic.Adox, Mnemonic.Sha256rnds2, Mnemonic.Vaesenc, Mnemonic.Movbe, Mnemonic.Clwb])
            Assert.Contains(InstructionCatalog.Codes, code => code.Mnemonic() == mnemonic);
    }

    [HostFact]
    public void TheCoreDoesWhatTheHostDoes()
    {
        using InstructionOracle oracle = new();
        List<string> failures = [];
        HashSet<Code> failed = [];
        foreach (Code code in InstructionCatalog.Codes.Where(HostFeatures.Supports))
        {
            int seed = HashCode(code);
            CaseGenerator generator = new(oracle.Linear, seed);
            int made = 0;
            for (int i = 0; i < Cases; i++)
            {
                TestCase? test = generator.Create(code);
                if (test == null)
                    continue;
                made++;
                string? failure = oracle.Compare(test);
                if (failure != null && failed.Add(code))
                    failures.Add($"seed {Seed}, case {i}: {failure}");
            }

            if (made == 0)
                failures.Add($"{code}: no case could be encoded");
        }

        Assert.True(failures.Count == 0, $"{failures.Count} encodings differ:\n" + string.Join('\n', failures.Take(MostReported)));
    }

    private static int HashCode(Code code) => unchecked((Seed * 7919) + (int)code);

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
