namespace Dominion.Paravirt.Xen.EventChannels;

/// <summary>The vCPUs of a domain as its event channels see them.</summary>
internal unsafe interface IUpcallTarget
{
    /// <summary>How many vCPUs the domain has.</summary>
    int VcpuCount { get; }

    /// <summary>The vCPU's vcpu_info, wherever it is now.</summary>
    /// <param name="vcpu">The index.</param>
    /// <returns>Its host address.</returns>
    byte* VcpuInfo(int vcpu);

    /// <summary>The vCPU has an event: sets evtchn_upcall_pending and wakes it. Safe from any thread.</summary>
    /// <param name="vcpu">The index.</param>
    void NotifyUpcall(int vcpu);

    /// <summary>A port became pending, masked or not: ends a vCPU's SCHEDOP_poll for it. Safe from any thread.</summary>
    /// <param name="port">The port.</param>
    void NotifyPoll(uint port);
}
