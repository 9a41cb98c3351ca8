namespace Dominion.Domains;

/// <summary>Makes domains of one type; exported with <see cref="Plugins.DomainTypeAttribute"/>.</summary>
public interface IDomainTypeFactory
{
    /// <summary>Whether domains of this type sit on a board; then <c>board:</c> and <c>slots:</c> are allowed and the board's devices are bound.</summary>
    bool UsesBoard { get; }

    /// <summary>Whether domains of this type take split devices: then <c>devices:</c> may name backends, and <see cref="IDomainContext.SplitDevices"/> has them.</summary>
    bool UsesSplitDevices => false;

    /// <summary>Makes a domain: memory laid out, devices made, images loaded; nothing runs yet.</summary>
    /// <param name="context">What the machine gives.</param>
    /// <param name="options">The bound options, or null when the export has none.</param>
    /// <returns>The domain.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The options cannot be met: a kernel of another architecture, say.</exception>
    IDomain Create(IDomainContext context, object? options);
}
