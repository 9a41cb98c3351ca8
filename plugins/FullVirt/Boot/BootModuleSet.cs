namespace Dominion.FullVirt.Boot;

/// <summary>Modules and where they go: page-aligned, one after the other, above the kernel.</summary>
internal sealed class BootModuleSet
{
    private BootModuleSet(IReadOnlyList<(BootFile File, ulong Address)> modules)
    {
        Modules = modules;
    }

    /// <summary>The modules in order.</summary>
    public IReadOnlyList<(BootFile File, ulong Address)> Modules { get; }

    /// <summary>What to put in memory.</summary>
    public IEnumerable<BootSegment> Segments => Modules.Select(m => new BootSegment(m.Address, m.File.Content));

    /// <summary>Finds room.</summary>
    /// <param name="memory">The memory to take from.</param>
    /// <param name="files">The modules.</param>
    /// <param name="minimum">The least address allowed.</param>
    /// <param name="end">The address below which they end.</param>
    /// <returns>The places.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">There is no room.</exception>
    public static BootModuleSet Place(BootMemory memory, IEnumerable<BootFile> files, ulong minimum, ulong end)
    {
        List<(BootFile, ulong)> result = [];
        foreach (BootFile file in files)
        {
            ulong size = (ulong)file.Content.Length;
            if (!memory.TryPlaceLow(size, 4096, Math.Max(minimum, 1UL << 20), end, out ulong address))
                throw BootDiagnostics.ModuleDoesNotFit($"'{file.Name}'", size);
            result.Add((file, address));
        }

        return new BootModuleSet(result);
    }
}
