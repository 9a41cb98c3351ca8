using Dominion.Plugins;

[assembly: Plugin("acme.duplicate-export", 1, 1)]
