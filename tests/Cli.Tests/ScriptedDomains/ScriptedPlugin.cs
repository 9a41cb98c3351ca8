using Dominion.Plugins;

[assembly: Plugin("test.scripted", ContractLevel.Current, ContractLevel.Current, Description = "Domains that follow a script.")]
