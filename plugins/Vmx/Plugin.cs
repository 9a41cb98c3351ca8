using Dominion.Plugins;

[assembly: Plugin("dominion.vmx", 1, 1, Description = "Intel VT-x for x86 cores.")]
