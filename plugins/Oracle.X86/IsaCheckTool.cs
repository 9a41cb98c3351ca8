using System.Globalization;
using Dominion.Cpu;
using Dominion.Diagnostics;
using Dominion.Oracle.X86.Forms;
using Dominion.Oracle.X86.Host;
using Dominion.Oracle.X86.Platform;
using Dominion.Oracle.X86.Reporting;
using Dominion.Plugins;
using Dominion.Tools;

namespace Dominion.Oracle.X86;

/// <summary>Runs every instruction form that a core advertises on the host's processor and on the core, and prints a table.</summary>
[Tool("isa-check", Options = typeof(IsaCheckOptions), Summary = "Hold a CPU core to the host's processor, instruction by instruction.")]
public sealed class IsaCheckTool : Tool<IsaCheckOptions>
{
    private const int Agrees = 0;
    private const int Differs = 1;

    /// <inheritdoc/>
    protected override int Run(IToolContext context, IsaCheckOptions options)
    {
        string core = options.Core;
        if (core.Length == 0)
        {
            IReadOnlyList<string> cores = context.Names(ExportKind.CpuCore);
            core = cores.Count == 1 ? cores[0] : throw new DiagnosticException("DOM3404", "--core must say which CPU core is checked", string.Join(", ", cores));
        }

        ICpuCoreFactory factory = context.Find<ICpuCoreFactory>(ExportKind.CpuCore, core);
        IReadOnlyList<string> models = options.Model == "all" ? factory.Models : [options.Model];
        if (!models.All(factory.Models.Contains))
            throw new DiagnosticException("DOM3405", $"the core '{core}' has no model '{options.Model}'", string.Join(", ", factory.Models));

        if (!LinuxNative.IsSupported)
            throw new DiagnosticException("DOM3403", "the oracle is the host's processor: this needs Linux on x86-64");

        // Instructions under test change what belongs to a thread: they get one of their own.
        int code = Agrees;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                code = Check(context, options, factory, models);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return code;
    }

    private static int Check(IToolContext context, IsaCheckOptions options, ICpuCoreFactory factory, IReadOnlyList<string> models)
    {
        using var checker = new IsaChecker(factory, models, options.Arithmetic, options.Seed);
        var filter = new FormFilter(options.Forms);
        InstructionForm[] forms = [.. checker.Catalog.Forms.Where(filter.Matches)];
        if (forms.Length == 0)
            throw new DiagnosticException("DOM3406", $"no form that is advertised matches '{options.Forms}'");
        CodeMode[] modes = options.Mode switch
        {
            "all" => [CodeMode.Bits64, CodeMode.Bits32, CodeMode.Bits16],
            "64" => [CodeMode.Bits64],
            "32" => [CodeMode.Bits32],
            "16" => [CodeMode.Bits16],
            _ => throw new DiagnosticException("DOM3407", $"--mode cannot be '{options.Mode}'", "64, 32, 16 or all"),
        };
        TextWriter output = context.Output;
        output.WriteLine($"seed {options.Seed}, {options.Cases} cases from {options.First} for each form and mode, beside {HostFeatures.Name}");
        CodeMode[] missing = [.. modes.Where(mode => !checker.Supports(mode))];
        if (missing.Length > 0)
            output.WriteLine($"code of {string.Join(" and ", missing.Select(mode => (int)mode))} bits: this host's kernel allows no such segment, so the host runs the same operation as 64-bit code where there is one");
        output.Flush();
        List<FormResult> results = [];
        HashSet<InstructionForm> shown = [];
        foreach (InstructionForm form in forms.TakeWhile(_ => !context.Cancelled.IsCancellationRequested))
        {
            results.Add(checker.Check(form, modes, options.First, options.Cases, context.Cancelled, mismatch =>
            {
                if (shown.Count >= options.Show || !shown.Add(form))
                    return;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mismatch: seed {options.Seed}, {mismatch}"));
                output.Flush();
            }));
        }

        if (options.List)
            List(output, results);
        output.Write(ResultTable.Format(results));
        foreach (FormResult result in results.Where(result => !result.IsImplemented || (result.IsRunnable && result.Cases == 0)))
            output.WriteLine($"{(result.IsImplemented ? "no case" : "not implemented")}: {result.Form.Code}");
        if (context.Cancelled.IsCancellationRequested)
            output.WriteLine($"ended early: {results.Count} of {forms.Length} forms");
        return results.Any(result => result.Mismatches > 0) ? Differs : Agrees;
    }

    private static void List(TextWriter output, IEnumerable<FormResult> results)
    {
        foreach (FormResult result in results.Where(result => result.Form.Kind != FormKind.Checked || !result.IsRunnable))
        {
            string what = result.Form.Kind switch
            {
                _ when result.Form.IsRun && !result.IsRunnable => "not on this host: no code of that size",
                FormKind.ShapeOnly => "without its result: ",
                FormKind.Privileged => "refused at privilege level 3; guests check the rest",
                FormKind.System => "checked by guests: ",
                _ => "not on this host: ",
            };
            output.WriteLine($"{result.Form.Code}: {what}{result.Form.Reason}");
        }
    }
}
