using Dominion.Cpu;
using Dominion.Cpu.X86;
using Dominion.Oracle.X86.Comparison;
using Dominion.Oracle.X86.Core;
using Dominion.Oracle.X86.Forms;
using Dominion.Oracle.X86.Generation;
using Dominion.Oracle.X86.Host;
using Dominion.Oracle.X86.Reporting;
using Iced.Intel;

namespace Dominion.Oracle.X86;

/// <summary>Holds a core to the host's processor. For the thread that makes it.</summary>
internal sealed class IsaChecker : IDisposable
{
    /// <summary>How many cases are tried at privilege level 0 to see whether the core knows a form that is not run on the host.</summary>
    private const int KnownTries = 16;

    private readonly HostProcessor host = new();
    private readonly ICpuCoreFactory factory;
    private readonly Arithmetic arithmetic;
    private readonly Dictionary<(string Model, bool Software), CoreProcessor> cores = [];
    private readonly CaseGenerator generator;
    private ProcessorState expected;
    private ProcessorState actual;

    /// <param name="factory">Makes the cores.</param>
    /// <param name="models">The models whose forms are checked.</param>
    /// <param name="arithmetic">Which arithmetics.</param>
    /// <param name="seed">Where random numbers start.</param>
    public IsaChecker(ICpuCoreFactory factory, IReadOnlyList<string> models, Arithmetic arithmetic, ulong seed)
    {
        this.factory = factory;
        this.arithmetic = arithmetic;
        Catalog = FormCatalog.Create([.. models.Select(model => (model, AdvertisedFeatures.Of(Core(model, false))))]);
        generator = new CaseGenerator(host.Arena, seed, host.HasLocalSegments, Catalog);
    }

    /// <summary>The forms.</summary>
    public FormCatalog Catalog { get; }

    /// <summary>Whether the host can run a form in code of a size, itself or as the same operation in 64-bit code.</summary>
    private bool CanRun(InstructionForm form, CodeMode mode) => form.IsRun && form.IsIn(mode) && (Supports(mode) || CaseGenerator.CanStandIn(form));

    /// <summary>Whether the host can run code of a size.</summary>
    public bool Supports(CodeMode mode) => mode == CodeMode.Bits64 || host.HasLocalSegments;

    /// <summary>Whether the host can run a form in code of some size.</summary>
    public bool CanRun(InstructionForm form) => Enum.GetValues<CodeMode>().Any(mode => CanRun(form, mode));

    /// <summary>Checks one form.</summary>
    /// <param name="form">The form.</param>
    /// <param name="modes">The sizes of code.</param>
    /// <param name="first">The first case's number.</param>
    /// <param name="cases">How many cases.</param>
    /// <param name="cancelled">Ends the check.</param>
    /// <param name="found">Told of each mismatch.</param>
    /// <returns>What came of it.</returns>
    public FormResult Check(InstructionForm form, IReadOnlyList<CodeMode> modes, int first, int cases, CancellationToken cancelled, Action<Mismatch> found)
    {
        var result = new FormResult(form) { IsRunnable = CanRun(form) };
        bool missing = false;
        foreach (CodeMode mode in modes.Where(mode => CanRun(form, mode)))
        {
            for (int number = first; number < first + cases && !cancelled.IsCancellationRequested; number++)
            {
                if (generator.Create(form, mode, number) is { } test)
                    missing |= !CheckCase(form, test, number, result, found);
            }
        }

        result.IsImplemented = result.Cases > 0 && form.Kind is (FormKind.Checked or FormKind.ShapeOnly) ? !missing : IsKnown(form);
        return result;
    }

    public void Dispose()
    {
        foreach (CoreProcessor core in cores.Values)
            core.Dispose();
        host.Dispose();
    }

    /// <summary>Runs a case on the host and on the cores.</summary>
    /// <returns>False when a core does not know an instruction that the host knows.</returns>
    private bool CheckCase(InstructionForm form, TestCase test, int number, FormResult result, Action<Mismatch> found)
    {
        test.Data.CopyTo(host.Data);
        expected = default;
        if (test.UsesStandIn)
            RunStandIn(test);
        else
            host.Run(test, ref expected);
        result.Cases++;
        bool isRefused = expected.Rip == test.State.Rip || expected.Vector != (uint)X86Exception.GeneralProtection;
        if (isRefused)
            result.Faults++;
        bool known = true;
        if (arithmetic != Arithmetic.Software)
            known = CheckOn(Core(form.Model, false), form, test, number, false, result, found);
        if (arithmetic != Arithmetic.Host && UsesVectorArithmetic(form))
        {
            result.SoftwareCases++;
            known &= CheckOn(Core(form.Model, true), form, test, number, true, result, found);
        }
        else if (arithmetic == Arithmetic.Software)
        {
            known = CheckOn(Core(form.Model, true), form, test, number, true, result, found);
        }

        return known;
    }

    /// <summary>Runs the same operation as 64-bit code, and gives the result the place and the segments that it has in the code under test.</summary>
    private unsafe void RunStandIn(TestCase test)
    {
        TestCase other = test.StandIn!;
        host.Run(other, ref expected);
        ulong behind = other.State.Rip + (uint)other.Bytes.Length;
        expected.Rip = expected.Rip == behind ? test.State.Rip + (uint)test.Bytes.Length : expected.Rip - other.State.Rip + test.State.Rip;
        for (int i = 0; i < 6; i++)
            expected.Selectors[i] = test.State.Selectors[i];
    }

    private bool CheckOn(CoreProcessor core, InstructionForm form, TestCase test, int number, bool software, FormResult result, Action<Mismatch> found)
    {
        test.Data.CopyTo(core.Data);
        actual = default;
        string? problem = core.Run(test, ref actual);
        if (problem is null && StateComparer.AreEqual(ref expected, host.Data, ref actual, core.Data))
            return true;
        string differences = problem is null ? StateComparer.Compare(host.KeepsFloatPointers, test, form, ref expected, host.Data, ref actual, core.Data) : $" the core {problem};";
        if (differences.Length == 0)
            return true;
        result.Mismatches++;
        found(new Mismatch(form, test, number, software, differences));
        const uint Undefined = (uint)X86Exception.InvalidOpcode;
        return actual.Vector != Undefined || expected.Vector == Undefined;
    }

    private bool IsKnown(InstructionForm form)
    {
        foreach (CodeMode mode in (CodeMode[])[CodeMode.Bits64, CodeMode.Bits32, CodeMode.Bits16])
        {
            for (int number = 0; number < KnownTries && form.ExistsIn(mode); number++)
            {
                if (generator.Create(form, mode, number, plain: true) is { } test && Core(form.Model, false).IsKnown(test, 0))
                    return true;
            }
        }

        // These are #UD on every processor: RSM outside system-management mode.
        return form.Info.Mnemonic is Mnemonic.Rsm or Mnemonic.Ud0 or Mnemonic.Ud1 or Mnemonic.Ud2;
    }

    /// <summary>Whether a form computes with floating-point numbers in vectors: the arithmetic that a core may leave to the host.</summary>
    private static bool UsesVectorArithmetic(InstructionForm form) =>
        form.Group.StartsWith("sse", StringComparison.Ordinal) || form.Group is "avx" or "avx2" or "fma" or "f16c";

    private CoreProcessor Core(string model, bool software)
    {
        if (!cores.TryGetValue((model, software), out CoreProcessor? core))
        {
            core = new CoreProcessor(factory, model, software, host.Arena, host.HasLocalSegments);
            cores.Add((model, software), core);
        }

        return core;
    }
}
