using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>A hypercall.</summary>
/// <param name="Name">Its name in xen/include/public/xen.h, without the prefix.</param>
/// <param name="Handler">Does it for a vCPU and gives what the guest gets: a result, or a negated <see cref="Abi.XenError"/>.</param>
internal sealed record HypercallEntry(string Name, HypercallHandler Handler);

