using System.Runtime.CompilerServices;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>The arguments of a hypercall: RDI, RSI, RDX, R10, R8 and R9 of a 64-bit guest.</summary>
[InlineArray(6)]
internal struct HypercallArguments
{
    private ulong _element;
}
