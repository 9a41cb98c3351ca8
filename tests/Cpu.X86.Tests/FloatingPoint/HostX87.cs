using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

/// <summary>One instruction on the host's x87. FNSAVE does not wait, so the state after an unmasked exception is seen too, and
/// it leaves the unit as FNINIT does.</summary>
internal sealed unsafe class HostX87 : IDisposable
{
    private const int Top = 16;
    private const int Next = 32;
    private const int Memory = 48;
    private const int Image = 64;
    private readonly ExecutableMemory code;
    private readonly delegate* unmanaged<byte*, void> entry;

    /// <param name="emit">Emits the instruction; a memory operand is at RDX.</param>
    /// <param name="operands">How many operands are loaded on the stack first.</param>
    public HostX87(Action<Assembler> emit, int operands = 2)
    {
        Assembler c = new(64);
        c.lea(rdx, __[rdi + Memory]);
        c.fninit();
        c.fldcw(__word_ptr[rdi]);
        if (operands == 2)
            c.fld(__tbyte_ptr[rdi + Next]);
        if (operands >= 1)
            c.fld(__tbyte_ptr[rdi + Top]);
        emit(c);
        c.fnsave(__[rdi + Image]);
        c.ret();
        MemoryStream stream = new();
        c.Assemble(new StreamCodeWriter(stream), 0);
        code = new ExecutableMemory(stream.ToArray());
        entry = (delegate* unmanaged<byte*, void>)code.Address;
    }

    public HostX87Result Run(ushort controlWord, Float80 top, Float80 next, UInt128 memory = default)
    {
        byte* block = stackalloc byte[256];
        *(ushort*)block = controlWord;
        Write(block + Top, top);
        Write(block + Next, next);
        *(UInt128*)(block + Memory) = memory;
        entry(block);
        byte* image = block + Image;
        return new HostX87Result(
            *(ushort*)(image + 4), *(ushort*)(image + 8), Read(image + 28), Read(image + 38), *(UInt128*)(block + Memory));
    }

    public void Dispose() => code.Dispose();

    private static void Write(byte* to, Float80 value)
    {
        *(ulong*)to = value.Significand;
        *(ushort*)(to + 8) = value.SignExponent;
    }

    private static Float80 Read(byte* from) => new(*(ulong*)from, *(ushort*)(from + 8));
}
