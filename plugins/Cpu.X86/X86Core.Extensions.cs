using Iced.Intel;

namespace Dominion.Cpu.X86;

/// <content>What extensions add.</content>
internal sealed unsafe partial class X86Core
{
    private readonly Dictionary<string, uint> _extensionInstructions = [];

    /// <summary>Attaches an extension: its registrations first, then its unit, which answers intercepts from now on.</summary>
    public void Attach(IX86Extension extension)
    {
        var registry = new ExtensionRegistry(this);
        extension.Configure(registry);
        IX86ExtensionUnit unit = extension.Attach(this);
        foreach ((uint first, uint last) in registry.Msrs)
            Msrs.AddExtension(first, last, unit);
        _extensions.Add(unit);
        InterceptHandler = unit;
    }

    /// <summary>Registers an instruction that this core itself does not know.</summary>
    public void AddExtensionInstruction(string mnemonic, uint number) => _extensionInstructions[mnemonic] = number;

    /// <summary>Finds the number of an extension's instruction.</summary>
    public bool TryGetExtensionInstruction(in Instruction instruction, out uint number)
    {
        number = 0;
        return _extensionInstructions.Count != 0
            && _extensionInstructions.TryGetValue(instruction.Mnemonic.ToString().ToUpperInvariant(), out number);
    }
}
