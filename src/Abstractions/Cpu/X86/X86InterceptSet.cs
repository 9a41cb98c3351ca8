using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86;

/// <summary>A set of <see cref="X86Intercept"/>s, 128 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct X86InterceptSet
{
    /// <summary>The bits of intercepts 0 to 63.</summary>
    public ulong Low;

    /// <summary>The bits of intercepts 64 to 127.</summary>
    public ulong High;

    /// <summary>Whether the set is empty.</summary>
    public readonly bool IsEmpty => (Low | High) == 0;

    /// <summary>Whether an intercept is in the set.</summary>
    /// <param name="intercept">The intercept.</param>
    /// <returns>True when it is.</returns>
    public readonly bool Contains(X86Intercept intercept) =>
        (((int)intercept < 64 ? Low >> (int)intercept : High >> ((int)intercept - 64)) & 1) != 0;

    /// <summary>Puts an intercept in or takes it out.</summary>
    /// <param name="intercept">The intercept.</param>
    /// <param name="included">Whether it is to be in the set.</param>
    public void Set(X86Intercept intercept, bool included = true)
    {
        ulong bit = 1UL << ((int)intercept & 63);
        if ((int)intercept < 64)
            Low = included ? Low | bit : Low & ~bit;
        else
            High = included ? High | bit : High & ~bit;
    }
}
