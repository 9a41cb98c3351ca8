using Dominion.Plugins;

[assembly: Plugin("test.plugin", ContractLevel.Current, ContractLevel.Current, Description = "Exports for the host's own tests.")]
