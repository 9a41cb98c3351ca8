using Dominion.Plugins;

[assembly: Plugin("dominion.devices.pc", 1, 1, Description = "The PC: the board 'pc' and the devices that sit on it.")]
