namespace Dominion.Tools;

/// <summary>A verb of the command line that a plugin brings; exported with <see cref="Plugins.ToolAttribute"/>. It does its work in one call, without a machine.</summary>
public interface ITool
{
    /// <summary>Does the work.</summary>
    /// <param name="context">What the tool works with.</param>
    /// <param name="options">The bound options, or null when the export takes none.</param>
    /// <returns>The exit code: 0 when all is well, 1 when what was looked for is wrong, 2 when the tool cannot be used here.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">What was asked for is refused.</exception>
    int Run(IToolContext context, object? options);
}
