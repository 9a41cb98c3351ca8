using Dominion.Plugins;

[assembly: Plugin("dominion.paravirt.xen", 1, 1, Description = "The Xen ABI: paravirtual domains, event channels, grant tables, XenStore.")]
