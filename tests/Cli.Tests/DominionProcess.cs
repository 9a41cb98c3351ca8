using System.Diagnostics;

namespace Dominion.Cli.Tests;

/// <summary>The command line as a real process.</summary>
internal static class DominionProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>The built program.</summary>
    public static string Program { get; } = Path.Combine(Root, "artifacts", "dominion", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "dominion");

    /// <summary>Runs the program to its end.</summary>
    public static async Task<Outcome> RunAsync(params string[] arguments) => await RunAsync("", arguments);

    /// <summary>Runs the program to its end with something typed.</summary>
    public static async Task<Outcome> RunAsync(string input, string[] arguments)
    {
        using Process process = Start(arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(Program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    public static async Task<Outcome> EndAsync(Process process)
    {
        using CancellationTokenSource limit = new(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Outcome(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"dominion did not end within {Limit.TotalSeconds} s");
        }
    }

    /// <summary>Waits for the end of a process whose output is of no interest; one that does not end is killed.</summary>
    public static async Task<int> WaitAsync(Process process)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
            return process.ExitCode;
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }
    }

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Framework.sln")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        return folder.FullName;
    }

    /// <summary>How a run ended.</summary>
    internal sealed record Outcome(int ExitCode, string Output, string Error);
}
