using Dominion.Plugins;

[assembly: Plugin("acme.bad-name", 1, 1)]
