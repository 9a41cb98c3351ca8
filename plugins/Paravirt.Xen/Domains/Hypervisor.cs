using Dominion.Domains;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.EventChannels;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Domains;

/// <summary>The VMM of one machine as its paravirtual domains know it: frame types, the machine-to-physical table, the domains and what connects them.</summary>
/// <remarks>
/// Lock order: a domain's paging lock, then a domain's grant lock, then the event lock, then the store's. No code of another plugin is called under any of them.
/// </remarks>
internal sealed class Hypervisor : IDisposable
{
    /// <summary>The version that guests are told, as the ABI's authority is that of this release.</summary>
    public const int MajorVersion = 4;

    /// <summary>See <see cref="MajorVersion"/>.</summary>
    public const int MinorVersion = 17;

    private readonly Dictionary<ushort, EventChannelTable> _channels = [];

    /// <summary>Makes the VMM of a machine.</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The machine has no memory left for the VMM's tables.</exception>
    public Hypervisor(IMachineMemory memory)
    {
        Frames = new FrameTable(memory);
        MachineToPhysical = new MachineToPhysical(Frames);
        ReservedDescriptors = VmmDescriptors.Create(Frames);
        StoreService = new XenStoreService();
        Store = StoreService.Connect(DomainIds.Control, name: "toolstack");
        ControlChannels = new EventChannelTable(DomainIds.Control, EventLock, null);
        _channels.Add(DomainIds.Control, ControlChannels);
    }

    /// <summary>Guards every domain's event channels.</summary>
    public Lock EventLock { get; } = new();

    /// <summary>The machine's frames.</summary>
    public FrameTable Frames { get; }

    /// <summary>The machine-to-physical table.</summary>
    public MachineToPhysical MachineToPhysical { get; }

    /// <summary>The frame with the descriptors that the ABI reserves at the end of every GDT.</summary>
    public ulong ReservedDescriptors { get; }

    /// <summary>XenStore.</summary>
    public XenStoreService StoreService { get; }

    /// <summary>XenStore as Domain-0's toolstack reaches it.</summary>
    public XenStoreManagedConnection Store { get; }

    /// <summary>The event channels of Domain-0, whose backends are the VMM's own.</summary>
    public EventChannelTable ControlChannels { get; }

    /// <summary>The id by which the ABI knows a domain of the machine. Domain-0 is managed and has id 0.</summary>
    /// <param name="context">The domain.</param>
    /// <returns>The id.</returns>
    public static ushort IdOf(IDomainContext context) => checked((ushort)(context.Id + 1));

    /// <summary>Finds a domain's event channels.</summary>
    /// <param name="domain">The domain.</param>
    /// <returns>Null when there is no such domain.</returns>
    public EventChannelTable? FindChannels(ushort domain)
    {
        lock (_channels)
            return _channels.GetValueOrDefault(domain);
    }

    /// <summary>Makes a domain known to the others.</summary>
    public void Add(ushort domain, EventChannelTable channels)
    {
        lock (_channels)
            _channels[domain] = channels;
    }

    /// <summary>Takes a domain away: its channels close, and the other ends hear nothing more.</summary>
    public void Remove(ushort domain)
    {
        EventChannelTable? channels;
        lock (_channels)
        {
            if (!_channels.Remove(domain, out channels))
                return;
        }

        channels.CloseAll();
    }

    /// <inheritdoc/>
    public void Dispose() => Frames.Dispose();
}
