using System.Runtime.CompilerServices;
using Dominion.Domains;
using Dominion.Host.Machine;
using Dominion.Host.Machine.Domains;

namespace Dominion.Host.Control;

/// <summary>Controls a machine of this process.</summary>
public sealed class MachineControl : IMachineControl, IDisposable
{
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);
    private readonly string _name;
    private readonly MachineRuntime _machine;
    private int _followers;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes the control of a machine.</summary>
    /// <param name="name">The machine's name.</param>
    /// <param name="machine">The machine; it outlives its control.</param>
    public MachineControl(string name, MachineRuntime machine)
    {
        _name = name;
        _machine = machine;
    }

    /// <inheritdoc/>
    public Task<MachineStatus> GetStatusAsync(CancellationToken cancellation = default) =>
        Task.FromResult(new MachineStatus(_name, Environment.ProcessId, [.. _machine.Domains.Select(Describe)]));

    /// <inheritdoc/>
    public Task PauseAsync(string? domain, CancellationToken cancellation = default) => AskAsync(domain, "paused", found => found.PauseAsync(), cancellation);

    /// <inheritdoc/>
    public Task UnpauseAsync(string? domain, CancellationToken cancellation = default) => AskAsync(domain, "unpaused", found => found.UnpauseAsync(), cancellation);

    /// <inheritdoc/>
    public Task ShutdownAsync(string? domain, CancellationToken cancellation = default) => AskAsync(
        domain,
        "asked to shut down",
        found =>
        {
            if (found.State != DomainState.Running)
                return Task.FromResult(false);
            found.RequestShutdown();
            return Task.FromResult(true);
        },
        cancellation);

    /// <inheritdoc/>
    public Task RebootAsync(string? domain, CancellationToken cancellation = default) => AskAsync(domain, "rebooted", found => found.ResetAsync(), cancellation);

    /// <inheritdoc/>
    public Task DestroyAsync(string? domain, CancellationToken cancellation = default) => AskAsync(domain, "destroyed", found => found.DestroyAsync(), cancellation);

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellation = default) =>
        await Task.WhenAll(_machine.Domains.Select(domain => domain.DestroyAsync())).WaitAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<bool> SaveAsync(string path, bool? stop, CancellationToken cancellation = default) => _machine.SaveAsync(path, stop).WaitAsync(cancellation);

    /// <inheritdoc/>
    public Task<byte[]> TakeScreenshotAsync(string? domain, CancellationToken cancellation = default)
    {
        DomainRuntime found = Find(domain);
        return Task.Run(
            () =>
            {
                Picture picture = found.CaptureDisplay() ?? throw ControlDiagnostics.NoDisplay(found.Name);
                using MemoryStream image = new();
                PngImage.Write(picture, image);
                return image.ToArray();
            },
            cancellation);
    }

    /// <inheritdoc/>
    public async Task<string> HashMemoryAsync(string? domain, CancellationToken cancellation = default) =>
        Convert.ToHexStringLower(await _machine.HashMemoryAsync(Find(domain)).WaitAsync(cancellation).ConfigureAwait(false));

    /// <inheritdoc/>
    public async IAsyncEnumerable<byte[]> ReadConsoleAsync(string? domain, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        DomainRuntime found = Find(domain);
        ConsoleFollower follower = new();
        using IDisposable counted = new Follower(this);
        using IDisposable watch = found.Console.Watch(follower);
        // At once, with nothing if need be: whoever has it knows that nothing escapes him from now on.
        yield return follower.TryTake() ?? [];
        Task ended = Task.WhenAny(found.Ended, _closed.Task);
        while (true)
        {
            Task<bool> more = follower.WaitAsync(cancellation);
            await Task.WhenAny(more, ended).ConfigureAwait(false);
            // What was shown before the end still comes.
            bool isLast = ended.IsCompleted;
            cancellation.ThrowIfCancellationRequested();
            while (follower.TryTake() is { } shown)
                yield return shown;
            if (isLast)
                yield break;
        }
    }

    /// <summary>Lets those go who follow a console, once they have what it showed.</summary>
    public void Dispose()
    {
        _closed.TrySetResult();
        SpinWait.SpinUntil(() => Volatile.Read(ref _followers) == 0, LastWait);
    }

    /// <inheritdoc/>
    public Task<int> TypeAsync(string? domain, byte[] bytes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Task.FromResult(Find(domain).Console.Type(bytes));
    }

    private static DomainStatus Describe(DomainRuntime domain) =>
        new(domain.Name, domain.Id, NameOf(domain.State), domain.Reason, domain.MemoryBytes, domain.VcpuCount, domain.InstructionsRetired);

    private static string NameOf(DomainState state) => state == DomainState.PoweredOff ? "powered-off" : state.ToString().ToLowerInvariant();

    private DomainRuntime Find(string? name)
    {
        IEnumerable<string> names = _machine.Domains.Select(domain => domain.Name);
        if (name is not null)
            return _machine.Domains.FirstOrDefault(domain => domain.Name == name) ?? throw ControlDiagnostics.NoDomain(name, names);
        return _machine.Domains.Count == 1 ? _machine.Domains[0] : throw ControlDiagnostics.WhichDomain(names);
    }

    private async Task AskAsync(string? domain, string what, Func<DomainRuntime, Task<bool>> ask, CancellationToken cancellation)
    {
        DomainRuntime found = Find(domain);
        if (!await ask(found).WaitAsync(cancellation).ConfigureAwait(false))
            throw ControlDiagnostics.NotNow(found.Name, NameOf(found.State), what);
    }

    /// <summary>Counts somebody who follows a console.</summary>
    private sealed class Follower : IDisposable
    {
        private readonly MachineControl _control;

        public Follower(MachineControl control)
        {
            _control = control;
            Interlocked.Increment(ref control._followers);
        }

        public void Dispose() => Interlocked.Decrement(ref _control._followers);
    }
}
