using Dominion.Plugins;

[assembly: Plugin("dominion.fullvirt", 1, 1, Description = "Domains that run an unmodified guest on a whole board.")]
