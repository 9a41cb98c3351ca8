using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Building.Images;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.EventChannels;
using Dominion.Paravirt.Xen.GrantTables;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Building;

/// <summary>Lays out a domain's memory as its kernel expects it at the entry (xen/include/public/xen.h, "Domain start").</summary>
internal static unsafe class DomainBuilder
{
    /// <summary>Builds a domain whose frames are new and zero.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="boot">What it boots.</param>
    /// <returns>Where everything is.</returns>
    /// <exception cref="DiagnosticException">It does not fit.</exception>
    public static BuiltDomain Build(PvDomain domain, PvBoot boot)
    {
        DomainLayout layout = DomainLayout.Plan(boot, domain.Ram.Count, domain.Context.Name);
        var memory = new PseudoPhysicalMemory(domain.Hypervisor.Frames, domain.Ram);
        foreach (PvSegment segment in boot.Kernel.Segments)
            memory.Write(segment.PhysicalStart, segment.Data.Span);
        if (boot.Kernel.HypercallPage is { } page)
            HypercallPage.Write(memory.Page((page - boot.Kernel.VirtualBase) >> FrameRange.FrameShift));
        if (boot.Ramdisk is { } ramdisk)
            memory.Write(layout.Ramdisk << FrameRange.FrameShift, ramdisk);
        for (ulong pfn = 0; pfn < domain.Ram.Count; pfn++)
            memory.WriteWord((layout.PhysicalToMachine << FrameRange.FrameShift) + (8 * pfn), domain.Ram.First + pfn);

        ulong root = new PageTableBuilder(memory, layout).Build();
        BuiltDomain built = Connect(domain, layout, memory, boot, root);
        WriteStartInfo(domain, boot, layout, memory, built);
        using (domain.PagingLock.EnterScope())
        {
            // Once for the pin that the guest finds, once for its first vCPU.
            if (domain.Types.Pin(root, FrameType.L4) != XenError.Success || domain.Types.GetAs(root, FrameType.L4) != XenError.Success)
                throw new DiagnosticException(XenDiagnostics.DoesNotFit, $"the first page tables of domain '{domain.Context.Name}' are not valid: its kernel's layout is not usable");
        }

        return built;
    }

    private static BuiltDomain Connect(PvDomain domain, DomainLayout layout, PseudoPhysicalMemory memory, PvBoot boot, ulong root)
    {
        EventChannelTable control = domain.Hypervisor.ControlChannels;
        var store = new EventConsumer();
        var console = new EventConsumer();
        domain.Channels.AllocateUnbound(DomainIds.Control, out uint storePort);
        domain.Channels.AllocateUnbound(DomainIds.Control, out uint consolePort);
        control.BindInterdomain(domain.Channels, domain.Id, storePort, out uint storeBackend, store.Handle);
        control.BindInterdomain(domain.Channels, domain.Id, consolePort, out uint consoleBackend, console.Handle);
        ulong consoleFrame = memory.Mfn(layout.ConsoleRing);
        ulong storeFrame = memory.Mfn(layout.StoreRing);
        domain.Grants.Seed(GrantTable.ConsoleReference, DomainIds.Control, consoleFrame);
        domain.Grants.Seed(GrantTable.StoreReference, DomainIds.Control, storeFrame);
        return new BuiltDomain
        {
            Root = root,
            Entry = boot.Kernel.Entry,
            Stack = layout.Virtual(layout.Stack + 1),
            StartInfo = layout.Virtual(layout.StartInfo),
            ConsoleFrame = consoleFrame,
            ConsolePort = consolePort,
            ConsoleBackendPort = consoleBackend,
            ConsoleConsumer = console,
            StoreFrame = storeFrame,
            StorePort = storePort,
            StoreBackendPort = storeBackend,
            StoreConsumer = store,
        };
    }

    private static void WriteStartInfo(PvDomain domain, PvBoot boot, DomainLayout layout, PseudoPhysicalMemory memory, BuiltDomain built)
    {
        const uint ModuleStartPfn = 8;
        AbiLayout abi = domain.Layout;
        ulong start = layout.StartInfo << FrameRange.FrameShift;
        memory.Write(start, "xen-3.0-x86_64"u8);
        memory.WriteWord(start + (ulong)abi.StartPages, domain.Ram.Count);
        memory.WriteWord(start + (ulong)abi.StartSharedInfo, domain.SharedInfoFrame << FrameRange.FrameShift);
        memory.WriteWord(start + (ulong)abi.StartFlags, boot is { Ramdisk: not null, Kernel.ModuleStartPfn: true } ? ModuleStartPfn : 0);
        memory.WriteWord(start + (ulong)abi.StartStoreMfn, built.StoreFrame);
        memory.WriteWord(start + (ulong)abi.StartStorePort, built.StorePort);
        memory.WriteWord(start + (ulong)abi.StartConsoleMfn, built.ConsoleFrame);
        memory.WriteWord(start + (ulong)abi.StartConsolePort, built.ConsolePort);
        ulong tables = start + (ulong)abi.StartTableBase;
        memory.WriteWord(tables, layout.Virtual(layout.Tables));
        memory.WriteWord(tables + 8, layout.TableCount);
        memory.WriteWord(tables + 16, layout.PhysicalToMachineVirtual);
        if (boot.Ramdisk is { } ramdisk)
        {
            memory.WriteWord(tables + 24, boot.Kernel.ModuleStartPfn ? layout.Ramdisk : layout.Virtual(layout.Ramdisk));
            memory.WriteWord(tables + 32, (ulong)ramdisk.Length);
        }

        memory.Write(start + (ulong)abi.StartCommandLine, System.Text.Encoding.ASCII.GetBytes(boot.CommandLine));
        if (boot.Kernel.InitialP2M is not null)
        {
            memory.WriteWord(start + (ulong)abi.StartFirstP2m, layout.PhysicalToMachine);
            memory.WriteWord(start + (ulong)abi.StartFirstP2m + 8, layout.PhysicalToMachineCount + layout.PhysicalToMachineTables);
        }
    }
}
