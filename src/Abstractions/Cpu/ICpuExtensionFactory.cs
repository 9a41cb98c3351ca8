namespace Dominion.Cpu;

/// <summary>Makes a virtualization extension; exported with <see cref="Plugins.ExtensionAttribute"/>.</summary>
public interface ICpuExtensionFactory
{
    /// <summary>The architecture whose cores it extends, such as <c>x86</c>.</summary>
    string Architecture { get; }

    /// <summary>Why the extension cannot be used in this build, or null when it can. Binding refuses it with this reason.</summary>
    string? Unavailable { get; }
}
