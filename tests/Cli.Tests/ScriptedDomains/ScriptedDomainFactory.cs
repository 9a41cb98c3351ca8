using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Plugins;

namespace Dominion.ScriptedDomains;

/// <summary>Makes scripted domains.</summary>
[DomainType("scripted", Options = typeof(ScriptedOptions))]
public sealed class ScriptedDomainFactory : IDomainTypeFactory
{
    /// <inheritdoc/>
    public bool UsesBoard => false;

    /// <inheritdoc/>
    public IDomain Create(IDomainContext context, object? options)
    {
        ScriptedOptions script = (ScriptedOptions)options!;
        if (script.Then == ScriptedAct.Refuse)
            throw new DiagnosticException("TEST0001", $"domain '{context.Name}' is refused by its script");
        return new ScriptedDomain(context, script);
    }
}
