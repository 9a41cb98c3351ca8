using Dominion.Cpu;
using Dominion.Cpu.X86;
using Dominion.Devices;
using Dominion.Domains;
using Dominion.FullVirt.Boot;
using Dominion.Memory;
using Dominion.Plugins;

namespace Dominion.FullVirt.Bare;

/// <summary>Makes <c>bare</c> domains.</summary>
[DomainType("bare", Options = typeof(BareOptions), Summary = "owns a whole board; an unmodified kernel runs on the cores as on hardware")]
public sealed class BareDomainFactory : IDomainTypeFactory
{
    /// <summary>Where an x86 processor fetches its first instruction (SDM volume 3A, 9.1.4).</summary>
    private const ulong ResetVector = 0xffff_fff0;

    /// <inheritdoc/>
    public bool UsesBoard => true;

    /// <inheritdoc/>
    public IDomain Create(IDomainContext context, object? options)
    {
        BareOptions bare = (BareOptions)options!;
        BareBoot? boot = BareBoot.Read(context.Name, bare, context.MemorySize);
        IBoard? board = null;
        List<IX86Core> cores = [];
        try
        {
            board = context.CreateBoard();
            for (int i = 0; i < context.VcpuCount; i++)
            {
                IX86Core core = CreateCore(context, i);
                cores.Add(core);
                board.Attach(core);
            }

            // The root pointer is not known before the reset; where things go does not depend on it.
            boot?.Plan(board);
            if (boot is null && !HasResetVector(context))
                throw BootDiagnostics.NoKernel(context.Name);
            return new BareDomain(context, board, [.. cores], boot, bare.OnTripleFault);
        }
        catch
        {
            foreach (IX86Core core in cores)
                core.Dispose();
            board?.Dispose();
            throw;
        }
    }

    private static IX86Core CreateCore(IDomainContext context, int index)
    {
        ICpuCore core = context.CreateCore(index);
        if (core is IX86Core x86)
            return x86;
        string architecture = core.Architecture;
        core.Dispose();
        throw BootDiagnostics.NotX86(context.Name, architecture);
    }

    private static unsafe bool HasResetVector(IDomainContext context) => context.MemorySpace.GetPage(ResetVector, MemoryAccess.Execute) != null;
}
