using Dominion.Persistence;

namespace Dominion.Cpu.X86;

/// <summary>An extension's part of one vCPU: VMCS or VMCB caches and what belongs to them.</summary>
public interface IX86ExtensionUnit : IX86InterceptHandler, IPersistent
{
    /// <summary>Takes the state after power-on or INIT.</summary>
    void Reset();

    /// <summary>Reads an MSR of the ranges that the extension registered.</summary>
    /// <param name="index">The MSR.</param>
    /// <param name="value">The value.</param>
    /// <returns>False for #GP(0).</returns>
    bool TryReadMsr(uint index, out ulong value);

    /// <summary>Writes an MSR of the ranges that the extension registered.</summary>
    /// <param name="index">The MSR.</param>
    /// <param name="value">The value.</param>
    /// <returns>False for #GP(0).</returns>
    bool TryWriteMsr(uint index, ulong value);
}
