using System.Runtime.CompilerServices;
using Dominion.Memory;
using Dominion.Cpu.X86.Models;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Cpu.X86;

/// <summary>Makes x86 cores.</summary>
[CpuCore("x86", Summary = "x86 in real, protected and 64-bit mode, by a cached interpreter")]
public sealed class X86CoreFactory : ICpuCoreFactory
{
    // A domain's cores share its physical address space, and nothing else does.
    private readonly ConditionalWeakTable<IPhysicalAddressSpace, CoreGroup> _groups = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Models => CpuModelCatalog.Names;

    /// <inheritdoc/>
    public IReadOnlyList<string> Engines { get; } = ["interpreter"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Features => CpuFeatures.Names;

    /// <inheritdoc/>
    public ICpuCore Create(CpuCoreContext context)
    {
        if (context.Engine is not ("auto" or "interpreter"))
            throw new DiagnosticException("DOM3101", $"the x86 core has no engine '{context.Engine}'", "interpreter");
        CpuModel model = CpuModelCatalog.Find(context.Model).With(context.Features);
        CoreGroup? group = context is { VcpuCount: > 1, IsMonitored: false } ? _groups.GetOrCreateValue(context.Memory) : null;
        var core = new X86Core(context, model, group);
        foreach (ICpuExtensionFactory factory in context.Extensions)
        {
            if (factory is not IX86Extension extension)
                throw new DiagnosticException("DOM3102", $"an extension for {factory.Architecture} does not fit the x86 core");
            core.Attach(extension);
        }

        return core;
    }
}
