global using unsafe Handler = delegate*<Dominion.Cpu.X86.State.CoreState*, Dominion.Cpu.X86.Decoding.Op*, Dominion.Cpu.X86.X86Core, Dominion.Cpu.X86.Decoding.Op*>;
