using Dominion.Plugins;

[assembly: Plugin("acme.wrong-level", 7, 9)]
