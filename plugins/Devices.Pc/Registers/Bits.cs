namespace Dominion.Devices.Pc.Registers;

/// <summary>Small helpers for register bits.</summary>
internal static class Bits
{
    /// <summary>Replaces the bits of a register that an access writes.</summary>
    /// <param name="register">The register as it is.</param>
    /// <param name="value">The written value.</param>
    /// <param name="mask">The bits that change.</param>
    /// <returns>The register as it becomes.</returns>
    public static uint Merge(uint register, uint value, uint mask) => (register & ~mask) | (value & mask);

    /// <summary>Replaces the bits of a register that an access writes.</summary>
    /// <param name="register">The register as it is.</param>
    /// <param name="value">The written value.</param>
    /// <param name="mask">The bits that change.</param>
    /// <returns>The register as it becomes.</returns>
    public static ulong Merge(ulong register, ulong value, ulong mask) => (register & ~mask) | (value & mask);
}
