using System.Text;
using Dominion.Domains;
using Dominion.Host.Machine.Domains;

namespace Dominion.Guests.Tests.Machines;

/// <summary>A domain under test and its console.</summary>
internal sealed class GuestDomain(DomainRuntime runtime, ConsoleRecorder console)
{
    private int _commands;

    /// <summary>The domain itself.</summary>
    public DomainRuntime Runtime => runtime;

    /// <summary>Everything that the console showed.</summary>
    public string ConsoleText => console.Text;

    /// <summary>Waits for a text on the console, after everything expected before; gives what came in between.</summary>
    public Task<string> ExpectAsync(string text) => console.ExpectAsync(text, runtime.Ended);

    /// <summary>Types a line.</summary>
    public void TypeLine(string line) => runtime.Console.TypeAll(Encoding.Latin1.GetBytes(line + "\n"));

    /// <summary>Waits for the shell of the initial RAM disk, and keeps the kernel from writing in between.</summary>
    public async Task WaitForShellAsync()
    {
        await ExpectAsync("# ");
        await RunAsync("dmesg -n 1");
    }

    /// <summary>Has the shell run a command and gives what it wrote.</summary>
    /// <param name="command">The command; it must succeed.</param>
    public async Task<string> RunAsync(string command)
    {
        (string output, int status) = await TryRunAsync(command);
        Assert.True(status == 0, $"'{command}' gave {status}:\n{output}");
        return output;
    }

    /// <summary>Has the shell run a command and gives what it wrote, and its exit status.</summary>
    public async Task<(string Output, int Status)> TryRunAsync(string command)
    {
        // The quotes keep the shell's echo of the line apart from what the line prints.
        int number = ++_commands;
        TypeLine($"echo \"\"BEGIN-{number}; {command}; echo \"\"END-{number}:$?:");
        await ExpectAsync($"\nBEGIN-{number}\r\n");
        string output = await ExpectAsync($"END-{number}:");
        string status = await ExpectAsync(":");
        return (output.Replace("\r\n", "\n", StringComparison.Ordinal), int.Parse(status));
    }

    /// <summary>Waits for the end of the domain.</summary>
    /// <returns>The state in which it ended.</returns>
    public async Task<DomainState> EndAsync()
    {
        try
        {
            await runtime.Ended.WaitAsync(ConsoleRecorder.Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the domain did not end within {ConsoleRecorder.Limit.TotalSeconds} s; the console showed:\n{console.Text}");
        }
        return runtime.State;
    }

    /// <summary>Powers the domain off from its shell.</summary>
    public async Task PowerOffAsync()
    {
        TypeLine("poweroff -f");
        DomainState state = await EndAsync();
        Assert.True(state == DomainState.PoweredOff, $"the domain is {state}: {runtime.Reason}\n{console.Text}");
    }
}
