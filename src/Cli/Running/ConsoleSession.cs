using Dominion.Cli.Consoles;
using Dominion.Cli.Logging;
using Dominion.Cli.Platform;
using Dominion.Host.Control;

namespace Dominion.Cli.Running;

/// <summary>This process's standard streams on the console of a domain that another process runs.</summary>
internal static class ConsoleSession
{
    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Attaches until Ctrl-], or until the domain ends.</summary>
    /// <param name="control">The machine.</param>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellation">Ends it too.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(IMachineControl control, string? domain, CancellationToken cancellation)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        IAsyncEnumerator<byte[]> shown = control.ReadConsoleAsync(domain, ended.Token).GetAsyncEnumerator(ended.Token);
        RawTerminal? terminal = null;
        bool isAttached = false;
        try
        {
            // A domain that is not there is told before anything changes here.
            isAttached = await shown.MoveNextAsync().ConfigureAwait(false);
            if (RawTerminal.IsPossible)
            {
                new ErrorWriter().WriteLine("attached; Ctrl-] detaches");
                terminal = RawTerminal.TryEnter();
            }
            InputPump.Start(bytes => TypeAll(control, domain, bytes.ToArray(), ended.Token), terminal is null ? null : ended.Cancel);
            do
            {
                StandardOutput.Write(shown.Current);
            }
            while (await shown.MoveNextAsync().ConfigureAwait(false));
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        catch (Exception gone) when (isAttached && ControlConnection.IsLost(gone))
        {
            // The machine ended with its domain, before it could say so.
            return ExitCodes.Ok;
        }
        finally
        {
            terminal?.Dispose();
            await DetachAsync(shown).ConfigureAwait(false);
        }
    }

    // On the thread that reads what is typed. Once the connection is gone there is nobody to type to.
    private static void TypeAll(IMachineControl control, string? domain, byte[] bytes, CancellationToken ended)
    {
        try
        {
            for (int sent = 0; sent < bytes.Length && !ended.IsCancellationRequested;)
            {
                int taken = control.TypeAsync(domain, bytes[sent..], ended).GetAwaiter().GetResult();
                sent += taken;
                if (taken == 0)
                    Task.Delay(FullPause, ended).GetAwaiter().GetResult();
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException || ControlConnection.IsLost(gone))
        {
            // Whoever shows the console notices too, and says so.
        }
    }

    private static async Task DetachAsync(IAsyncEnumerator<byte[]> shown)
    {
        try
        {
            await shown.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException || ControlConnection.IsLost(gone))
        {
            // The machine has let go first.
        }
    }
}
