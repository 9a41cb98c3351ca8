using Dominion.Plugins;

namespace Dominion.Tools;

/// <summary>What a tool works with.</summary>
public interface IToolContext
{
    /// <summary>Takes the tool's result. Used by one thread at a time.</summary>
    TextWriter Output { get; }

    /// <summary>Takes what is said about the work besides, such as its progress. Used by one thread at a time.</summary>
    TextWriter Error { get; }

    /// <summary>Asks the tool to end soon, with what it has so far.</summary>
    CancellationToken Cancelled { get; }

    /// <summary>The names of the exports of a kind that plugins bring, sorted, each once.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The names.</returns>
    IReadOnlyList<string> Names(ExportKind kind);

    /// <summary>Makes the factory of an export, or hands out the one that was made before.</summary>
    /// <typeparam name="TFactory">The kind's contract, such as <see cref="Cpu.ICpuCoreFactory"/>.</typeparam>
    /// <param name="kind">The kind.</param>
    /// <param name="name">The export's name, or <c>pluginid/name</c>.</param>
    /// <returns>The factory.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">There is no such export, several plugins share the name, or the plugin does not load.</exception>
    TFactory Find<TFactory>(ExportKind kind, string name)
        where TFactory : class;
}
