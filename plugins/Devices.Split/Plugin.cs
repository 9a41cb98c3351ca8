using Dominion.Plugins;

[assembly: Plugin("dominion.devices.split", 1, 1, Description = "Backends of split drivers: block devices and network interfaces.")]
