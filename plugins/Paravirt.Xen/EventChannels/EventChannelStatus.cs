namespace Dominion.Paravirt.Xen.EventChannels;

/// <summary>What EVTCHNOP_status tells.</summary>
/// <param name="State">What the port is bound to.</param>
/// <param name="Vcpu">The vCPU that is told.</param>
/// <param name="RemoteDomain">The other end's domain.</param>
/// <param name="RemotePort">The other end's port.</param>
/// <param name="Virq">The virtual interrupt.</param>
internal readonly record struct EventChannelStatus(ChannelState State, uint Vcpu, ushort RemoteDomain, uint RemotePort, uint Virq);
