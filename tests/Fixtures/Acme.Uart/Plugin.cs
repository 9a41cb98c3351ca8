using Dominion.Plugins;

[assembly: Plugin("acme.uart", minimumLevel: 1, maximumLevel: 1, Description = "Acme's serial port.", Collectible = true)]
