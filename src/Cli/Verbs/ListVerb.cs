using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dominion.Cli.Logging;
using Dominion.Diagnostics;
using Dominion.Host.Control;

namespace Dominion.Cli.Verbs;

/// <summary><c>list</c>: tells this user's running machines and their domains.</summary>
internal static class ListVerb
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    internal static Command Create()
    {
        Option<bool> json = new("--json") { Description = "print JSON, for programs" };
        Command verb = new("list", "List the running machines and their domains.") { json };
        verb.SetAction(async (parsed, cancellation) =>
        {
            ErrorWriter errors = new();
            try
            {
                List<MachineStatus> machines = [];
                foreach (string name in ControlDirectory.List())
                {
                    if (await AskAsync(name, errors, cancellation).ConfigureAwait(false) is { } machine)
                        machines.Add(machine);
                }
                parsed.InvocationConfiguration.Output.Write(parsed.GetValue(json) ? JsonSerializer.Serialize(machines, Json) + '\n' : ToText(machines));
                return ExitCodes.Ok;
            }
            catch (DiagnosticException refused)
            {
                errors.WriteLine(refused.Diagnostic.ToString());
                return ExitCodes.Refused;
            }
        });
        return verb;
    }

    // One machine that ends meanwhile, or hangs, does not hide the others.
    private static async Task<MachineStatus?> AskAsync(string name, ErrorWriter errors, CancellationToken cancellation)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            using ControlConnection connection = await ControlConnection.OpenAsync(name, late.Token).ConfigureAwait(false);
            return await connection.AskAsync(control => control.GetStatusAsync(late.Token)).ConfigureAwait(false);
        }
        catch (DiagnosticException gone)
        {
            errors.WriteLine((gone.Diagnostic with { Severity = DiagnosticSeverity.Warning }).ToString());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            errors.WriteLine($"machine '{name}' does not answer");
        }
        return null;
    }

    private static string ToText(IReadOnlyList<MachineStatus> machines)
    {
        if (machines.Count == 0)
            return "no machine runs\n";
        List<string[]> rows = [["MACHINE", "PID", "DOMAIN", "STATE", "VCPUS", "MEMORY", "INSTRUCTIONS", "REASON"]];
        foreach (MachineStatus machine in machines)
        {
            foreach (DomainStatus domain in machine.Domains)
            {
                rows.Add(
                [
                    machine.Name,
                    machine.ProcessId.ToString(CultureInfo.InvariantCulture),
                    domain.Name,
                    domain.State,
                    domain.VcpuCount.ToString(CultureInfo.InvariantCulture),
                    $"{domain.MemoryBytes >> 20} MiB",
                    domain.Instructions.ToString(CultureInfo.InvariantCulture),
                    domain.Reason ?? "",
                ]);
            }
        }
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        StringBuilder text = new();
        foreach (string[] row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        return text.ToString();
    }
}
