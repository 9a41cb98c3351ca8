using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>Runs one instruction on the host's CPU with all registers given.</summary>
internal sealed unsafe class HostProcessor : IDisposable
{
    /// <summary>MXCSR at reset: what the runtime expects to find again.</summary>
    private const uint DefaultMxcsr = 0x1F80;
    private readonly NativeArena arena = new();
    private readonly byte[] epilogue;

    public HostProcessor()
    {
        Write(ArenaLayout.Entry, Assemble(Enter, Linear + ArenaLayout.Entry));
        epilogue = Assemble(Leave, Linear + ArenaLayout.Instruction);
    }

    /// <summary>The linear address of the arena.</summary>
    public ulong Linear => (ulong)arena.Base;

    public Span<byte> Data => new(arena.Base, ArenaLayout.DataSize);

    private ProcessorState* State => (ProcessorState*)(arena.Base + ArenaLayout.State);

    /// <summary>Runs an instruction that must neither fault nor branch.</summary>
    public void Run(ReadOnlySpan<byte> instruction, ref ProcessorState state)
    {
        Write(ArenaLayout.Instruction, instruction);
        Write(ArenaLayout.Instruction + instruction.Length, epilogue);
        *State = state;
        State->HostMxcsr = DefaultMxcsr;
        ((delegate* unmanaged<void>)(arena.Base + ArenaLayout.Entry))();
        state = *State;
    }

    public void Dispose() => arena.Dispose();

    private void Enter(Assembler c)
    {
        long at = (long)Linear + ArenaLayout.State;
        foreach (AssemblerRegister64 register in (AssemblerRegister64[])[rbx, rbp, r12, r13, r14, r15])
            c.push(register);
        c.mov(__qword_ptr[at + ProcessorState.HostStackOffset], rsp);
        c.ldmxcsr(__dword_ptr[at + ProcessorState.MxcsrOffset]);
        for (int i = 0; i < 16; i++)
            c.movdqu(new AssemblerRegisterXMM(Register.XMM0 + i), __xmmword_ptr[at + ProcessorState.XmmOffset + (16 * i)]);
        for (int i = 0; i < 16 && HostFeatures.Has("avx"); i++)
        {
            AssemblerRegisterYMM register = new(Register.YMM0 + i);
            c.vinsertf128(register, register, __xmmword_ptr[at + ProcessorState.UpperOffset + (16 * i)], 1);
        }

        for (int i = 0; i < 8; i++)
            c.movq(new AssemblerRegisterMM(Register.MM0 + i), __qword_ptr[at + ProcessorState.MmxOffset + (8 * i)]);
        c.push(__qword_ptr[at + ProcessorState.FlagsOffset]);
        c.popfq();
        for (int i = 0; i < 16; i++)
            c.mov(new AssemblerRegister64(Register.RAX + i), __qword_ptr[at + ProcessorState.GprOffset + (8 * i)]);
        c.jmp(Linear + ArenaLayout.Instruction);
    }

    /// <summary>Works wherever it is copied to: only absolute addresses.</summary>
    private void Leave(Assembler c)
    {
        long at = (long)Linear + ArenaLayout.State;
        for (int i = 0; i < 16; i++)
            c.mov(__qword_ptr[at + ProcessorState.GprOffset + (8 * i)], new AssemblerRegister64(Register.RAX + i));
        c.mov(rsp, __qword_ptr[at + ProcessorState.HostStackOffset]);
        c.pushfq();
        c.pop(__qword_ptr[at + ProcessorState.FlagsOffset]);
        c.cld();
        for (int i = 0; i < 16; i++)
            c.movdqu(__xmmword_ptr[at + ProcessorState.XmmOffset + (16 * i)], new AssemblerRegisterXMM(Register.XMM0 + i));
        if (HostFeatures.Has("avx"))
        {
            for (int i = 0; i < 16; i++)
                c.vextractf128(__xmmword_ptr[at + ProcessorState.UpperOffset + (16 * i)], new AssemblerRegisterYMM(Register.YMM0 + i), 1);
            c.vzeroupper();
        }

        for (int i = 0; i < 8; i++)
            c.movq(__qword_ptr[at + ProcessorState.MmxOffset + (8 * i)], new AssemblerRegisterMM(Register.MM0 + i));
        c.emms();
        c.stmxcsr(__dword_ptr[at + ProcessorState.MxcsrOffset]);
        c.ldmxcsr(__dword_ptr[at + ProcessorState.HostMxcsrOffset]);
        foreach (AssemblerRegister64 register in (AssemblerRegister64[])[r15, r14, r13, r12, rbp, rbx])
            c.pop(register);
        c.ret();
    }

    private static byte[] Assemble(Action<Assembler> emit, ulong address)
    {
        Assembler c = new(64);
        emit(c);
        MemoryStream stream = new();
        c.Assemble(new StreamCodeWriter(stream), address);
        return stream.ToArray();
    }

    private void Write(int offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(new Span<byte>(arena.Base + offset, bytes.Length));
}
