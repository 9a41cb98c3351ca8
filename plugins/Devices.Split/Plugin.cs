using Dominion.Plugins;

[assembly: Plugin("dominion.devices.split", 1, 1, Description = "Frontend and backend driver pairs. This build has their names only.")]
