namespace Dominion.Paravirt.Xen;

/// <summary>The ids of this plugin's diagnostics.</summary>
internal static class XenDiagnostics
{
    /// <summary>The machine has no memory left for a domain or for the VMM's tables.</summary>
    public const string NoMemory = "DOM3621";

    /// <summary>The domain's memory does not hold its kernel, RAM disk and tables.</summary>
    public const string DoesNotFit = "DOM3622";

    /// <summary>The core is no x86 core.</summary>
    public const string NotX86 = "DOM3623";

    /// <summary>The kernel is of a kind that this build does not run.</summary>
    public const string UnsupportedKernel = "DOM3624";

    /// <summary>A file of the domain cannot be read.</summary>
    public const string Unreadable = "DOM3625";

    /// <summary>A paravirtual domain cannot be saved.</summary>
    public const string NotPersistent = "DOM3626";
}
