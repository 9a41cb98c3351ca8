using Dominion.Plugins;

[assembly: Plugin("acme.parts", 1, 1)]
