using Dominion.Plugins;

[assembly: Plugin("dominion.oracle.x86", 1, 1, Description = "Holds x86 cores to the host's processor, instruction by instruction.")]
