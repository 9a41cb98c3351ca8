using Dominion.Plugins;

[assembly: Plugin("dominion.services.local", 1, 1, Description = "Disk images, RAM disks, an Ethernet switch, character streams and entropy")]
