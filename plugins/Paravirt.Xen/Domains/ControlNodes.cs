using System.Globalization;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Building;
using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Domains;

/// <summary>The nodes that a toolstack makes for a domain (docs/misc/xenstore-paths.pandoc).</summary>
internal static class ControlNodes
{
    /// <summary>Writes them.</summary>
    /// <param name="store">XenStore, as Domain-0 reaches it.</param>
    /// <param name="domain">The domain.</param>
    /// <param name="built">What the builder has made.</param>
    public static void Write(XenStoreManagedConnection store, PvDomain domain, BuiltDomain built)
    {
        string root = Path(domain.Id);
        string kibibytes = (domain.Context.MemorySize >> 10).ToString(CultureInfo.InvariantCulture);
        string unique = $"/vm/{domain.Id}";
        (string Path, string Value)[] nodes =
        [
            ($"{unique}/name", domain.Context.Name),
            ($"{root}/vm", unique),
            ($"{root}/name", domain.Context.Name),
            ($"{root}/domid", domain.Id.ToString(CultureInfo.InvariantCulture)),
            ($"{root}/cpu", ""),
            ($"{root}/memory/static-max", kibibytes),
            ($"{root}/memory/target", kibibytes),
            ($"{root}/control", ""),
            ($"{root}/control/shutdown", ""),
            ($"{root}/control/sysrq", ""),
            ($"{root}/control/platform-feature-multiprocessor-suspend", "0"),
            ($"{root}/device", ""),
            ($"{root}/backend", ""),
            ($"{root}/data", ""),
            ($"{root}/attr", ""),
            ($"{root}/drivers", ""),
            ($"{root}/feature", ""),
            ($"{root}/error", ""),
            ($"{root}/console/port", built.ConsolePort.ToString(CultureInfo.InvariantCulture)),
            ($"{root}/console/ring-ref", built.ConsoleFrame.ToString(CultureInfo.InvariantCulture)),
            ($"{root}/console/type", "xenconsoled"),
            ($"{root}/console/limit", "1048576"),
            ($"{root}/store/port", built.StorePort.ToString(CultureInfo.InvariantCulture)),
            ($"{root}/store/ring-ref", built.StoreFrame.ToString(CultureInfo.InvariantCulture)),
        ];

        // What is made below inherits these.
        store.Write(root, "");
        store.SetPermissions(root, [new XenStorePermission(DomainIds.Control, XenStoreAccess.None), new XenStorePermission(domain.Id, XenStoreAccess.Read)]);
        foreach ((string path, string value) in nodes)
            store.Write(path, value);
        for (int i = 0; i < domain.VcpuCount; i++)
            store.Write($"{root}/cpu/{i}/availability", "online");
        foreach (string writable in (ReadOnlySpan<string>)["control", "control/shutdown", "control/sysrq", "device", "backend", "data", "attr", "drivers", "feature", "error"])
            store.SetPermissions($"{root}/{writable}", [new XenStorePermission(domain.Id, XenStoreAccess.None)]);
    }

    /// <summary>A domain's own path.</summary>
    public static string Path(ushort domain) => $"/local/domain/{domain}";
}
