using System.Globalization;
using Dominion.Cpu.X86;
using Dominion.Diagnostics;

namespace Dominion.Oracle.X86.Tests;

/// <summary>The short run of <c>isa-check</c>: every form that the x86 core's models advertise, beside the host's processor. DOMINION_ISA_CASES is the number of cases a form gets in code of each size, DOMINION_ISA_SEED where their random numbers start.</summary>
public sealed class IsaCheckTests
{
    private static int Cases => Setting("DOMINION_ISA_CASES", 40);

    private static int Seed => Setting("DOMINION_ISA_SEED", 1);

    [HostFact]
    public void TheCoreDoesWhatTheHostDoesInBothArithmetics()
    {
        var context = new ToolContext(new X86CoreFactory());
        int code = context.Run(new IsaCheckOptions { Cases = Cases, Seed = (ulong)Seed });
        string output = context.Output.ToString()!;
        Assert.True(code == 0, output);
        Assert.StartsWith($"seed {Seed}, {Cases} cases", output);

        // Every form is implemented, and every one that the host can run has cases.
        Assert.DoesNotContain("not implemented: ", output);
        Assert.DoesNotContain("no case: ", output);
        string[] total = output.Split('\n').Single(line => line.StartsWith("total ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] counts = [.. total[1..6].Select(number => int.Parse(number, NumberStyles.AllowThousands, CultureInfo.InvariantCulture))];
        Assert.InRange(counts[0], 2000, 3000);
        Assert.Equal(counts[0], counts[1]);
        Assert.Equal(counts[0], counts[2] + counts[3] + counts[4]);
    }

    [HostFact]
    public void AFlawIsFoundAndCanBeShownAgain()
    {
        var factory = new FlawedCore.Factory(new X86CoreFactory());
        var context = new ToolContext(factory);
        Assert.Equal(1, context.Run(new IsaCheckOptions { Forms = "Add_rm64_r64", Cases = 5, Seed = 7, Mode = "64" }));
        string line = context.Output.ToString()!.Split('\n').First(text => text.StartsWith("mismatch: ", StringComparison.Ordinal));
        Assert.Matches("^mismatch: seed 7, case [0-4], 64-bit code: Add_rm64_r64 [0-9A-F]+ `.*add .*`:.* Rdx: host [0-9a-f]+, core [0-9a-f]+;.* from Rax=", line);

        int number = int.Parse(line.Split("case ")[1].Split(',')[0], CultureInfo.InvariantCulture);
        var again = new ToolContext(factory);
        Assert.Equal(1, again.Run(new IsaCheckOptions { Forms = "Add_rm64_r64", Cases = 1, First = number, Seed = 7, Mode = "64" }));
        string second = again.Output.ToString()!.Split('\n').First(text => text.StartsWith("mismatch: ", StringComparison.Ordinal));
        Assert.Equal(Bytes(line), Bytes(second));
    }

    [HostFact]
    public void CancellingEndsWithTheTableSoFar()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var context = new ToolContext(new X86CoreFactory(), cancelled.Token);
        Assert.Equal(0, context.Run(new IsaCheckOptions()));
        Assert.Contains("ended early: 0 of ", context.Output.ToString());
        Assert.Contains("\ntotal ", context.Output.ToString());
    }

    [HostFact]
    public void WhatIsNotThereIsRefused()
    {
        var context = new ToolContext(new X86CoreFactory());
        Assert.Equal("DOM3405", Assert.Throws<DiagnosticException>(() => context.Run(new IsaCheckOptions { Model = "z80" })).Diagnostic.Id);
        Assert.Equal("DOM3406", Assert.Throws<DiagnosticException>(() => context.Run(new IsaCheckOptions { Forms = "nothing" })).Diagnostic.Id);
        Assert.Equal("DOM3407", Assert.Throws<DiagnosticException>(() => context.Run(new IsaCheckOptions { Mode = "48" })).Diagnostic.Id);
    }

    private static string Bytes(string line) => line.Split('`')[0].Split(' ')[^2];

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
