using Dominion.Cpu;
using Dominion.Plugins;
using Dominion.Tools;

namespace Dominion.Oracle.X86.Tests;

/// <summary>What the tool is given by a host with one core.</summary>
internal sealed class ToolContext(ICpuCoreFactory factory, CancellationToken cancelled = default) : IToolContext
{
    public TextWriter Output { get; } = new StringWriter();

    public TextWriter Error { get; } = new StringWriter();

    public CancellationToken Cancelled => cancelled;

    public IReadOnlyList<string> Names(ExportKind kind) => kind == ExportKind.CpuCore ? ["x86"] : [];

    public TFactory Find<TFactory>(ExportKind kind, string name)
        where TFactory : class => (TFactory)factory;

    /// <summary>Runs the tool.</summary>
    public int Run(IsaCheckOptions options) => ((ITool)new IsaCheckTool()).Run(this, options);
}
