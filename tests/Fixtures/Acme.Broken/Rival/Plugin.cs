using Dominion.Plugins;

[assembly: Plugin("acme.rival", 1, 1)]
