using System.Runtime.CompilerServices;
using Dominion.Plugins;

[assembly: Plugin("dominion.cpu.x86", 1, 1, Description = "The x86 core: a cached interpreter for real, protected and 64-bit mode.")]

// Every handler writes each local before it reads it, and the stack buffers are filled before use.
[module: SkipLocalsInit]
