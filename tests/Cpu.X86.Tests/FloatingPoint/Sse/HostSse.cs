using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.FloatingPoint.Sse;

/// <summary>One instruction on the host's SSE unit, with XMM0, XMM1 and XMM2 as operands and XMM0 or RAX as the result.</summary>
internal sealed unsafe class HostSse : IDisposable
{
    /// <summary>MXCSR at reset: what the runtime expects to find again.</summary>
    private const uint Default = 0x1F80;
    private readonly ExecutableMemory code;
    private readonly delegate* unmanaged<byte*, void> entry;

    public HostSse(Action<Assembler> emit)
    {
        Assembler c = new(64);
        c.ldmxcsr(__dword_ptr[rdi]);
        c.movdqu(xmm0, __xmmword_ptr[rdi + 16]);
        c.movdqu(xmm1, __xmmword_ptr[rdi + 32]);
        c.movdqu(xmm2, __xmmword_ptr[rdi + 80]);
        c.xor(eax, eax);
        emit(c);
        c.movdqu(__xmmword_ptr[rdi + 48], xmm0);
        c.mov(__qword_ptr[rdi + 64], rax);
        c.stmxcsr(__dword_ptr[rdi]);
        c.ldmxcsr(__dword_ptr[rdi + 4]);
        c.ret();
        MemoryStream stream = new();
        c.Assemble(new StreamCodeWriter(stream), 0);
        code = new ExecutableMemory(stream.ToArray());
        entry = (delegate* unmanaged<byte*, void>)code.Address;
    }

    /// <summary>Runs it; MXCSR receives the flags. The exceptions have to be masked.</summary>
    public ulong Run(ref uint mxcsr, ulong left, ulong right, out ulong integer, ulong third = 0)
    {
        byte* block = stackalloc byte[96];
        *(uint*)block = mxcsr;
        *(uint*)(block + 4) = Default;
        *(UInt128*)(block + 16) = left;
        *(UInt128*)(block + 32) = right;
        *(UInt128*)(block + 80) = third;
        entry(block);
        mxcsr = *(uint*)block;
        integer = *(ulong*)(block + 64);
        return *(ulong*)(block + 48);
    }

    public void Dispose() => code.Dispose();
}
