using System.Diagnostics;
using System.Text;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.CommandLine;

/// <summary>The shipped manifests through the command line, as a process of their own.</summary>
public class RunTests
{
    private const long MemoryAllowance = 250L << 20;

    [Fact]
    public async Task Hello_greets_and_ends_with_0()
    {
        (int exitCode, string output, _) = await RunAsync("hello.yaml");
        Assert.Equal(0, exitCode);
        Assert.StartsWith("Hello from a guest of Dominion.\r\nProcessor: GenuineIntel, ", output);
        Assert.EndsWith("Powering off.\r\n", output);
    }

    [DebianFact]
    public async Task Linux_answers_what_is_typed_ends_with_0_and_needs_little_more_memory_than_the_guest_has()
    {
        (int exitCode, string output, long peak) = await RunAsync("linux.yaml", ["dd if=/dev/zero of=/tmp/fill bs=1M count=100; uname -m", "poweroff -f"]);
        Assert.Equal(0, exitCode);
        Assert.Contains("\nx86_64\r\n", output);
        Assert.InRange(peak, 1, (256L << 20) + MemoryAllowance);
    }

    [DebianFact]
    public async Task Consoles_of_two_domains_come_with_their_names()
    {
        (int exitCode, string output, _) = await RunAsync("two-domains.yaml");
        Assert.Equal(0, exitCode);
        Assert.Contains("left: 3 packets transmitted, 3 packets received, 0% packet loss", output);
        Assert.Contains("right: 3 packets transmitted, 3 packets received, 0% packet loss", output);
        Assert.All(output.TrimEnd('\n').Split('\n'), line => Assert.Matches("^(left|right): ", line));
    }

    private static async Task<(int ExitCode, string Output, long PeakMemory)> RunAsync(string manifest, params string[] lines)
    {
        using Process process = Process.Start(new ProcessStartInfo(Repository.Program, ["run", Repository.Machine(manifest)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        long peak = 0;
        StringBuilder output = new();
        try
        {
            using CancellationTokenSource limit = new(ConsoleRecorder.Limit);
            char[] buffer = new char[4096];
            int typed = 0;
            int seen = 0;
            while (await process.StandardOutput.ReadAsync(buffer, limit.Token) is int count and > 0)
            {
                output.Append(buffer, 0, count);
                if (typed == lines.Length)
                    continue;
                // The next line waits for the shell's next prompt.
                int prompt = output.ToString().IndexOf("\n# ", seen, StringComparison.Ordinal);
                if (prompt < 0)
                    continue;
                seen = prompt + 1;
                process.Refresh();
                peak = process.PeakWorkingSet64;
                await process.StandardInput.WriteLineAsync(lines[typed++].AsMemory(), limit.Token);
                await process.StandardInput.FlushAsync(limit.Token);
            }
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output.ToString(), peak);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"dominion did not end within {ConsoleRecorder.Limit.TotalSeconds} s:\n{output}");
        }
    }
}
