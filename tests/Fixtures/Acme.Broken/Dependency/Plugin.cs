using Dominion.Plugins;

[assembly: Plugin("acme.dependency", 1, 1)]
