using Dominion.Plugins;

[assembly: Plugin("dominion.devices.split", 1, 1, Description = "Frontend and backend driver pairs. This build has none yet: no export, so a manifest that names one is refused.")]
