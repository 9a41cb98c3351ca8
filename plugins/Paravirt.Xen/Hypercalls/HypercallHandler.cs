using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>Does a hypercall.</summary>
/// <param name="vcpu">Who calls.</param>
/// <param name="arguments">With what.</param>
/// <returns>What the guest gets: a result, or a negated <see cref="Abi.XenError"/>.</returns>
internal delegate long HypercallHandler(PvVcpu vcpu, in HypercallArguments arguments);
