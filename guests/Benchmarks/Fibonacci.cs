using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Benchmarks;

/// <summary>Recursive Fibonacci numbers: calls, returns, the stack.</summary>
internal sealed class Fibonacci : BenchmarkGuest
{
    /// <inheritdoc/>
    public override string Name => "bench-fibonacci";

    /// <inheritdoc/>
    protected override int Rounds => 60;

    /// <inheritdoc/>
    protected override void WriteRound(Assembler c, GuestImageBuilder image)
    {
        Label function = c.CreateLabel();
        Label small = c.CreateLabel();
        Label start = c.CreateLabel();
        c.jmp(start);
        c.Label(ref function);
        c.cmp(edi, 2);
        c.jb(small);
        c.push(rbx);
        c.mov(ebx, edi);
        c.lea(edi, __[rbx - 1]);
        c.call(function);
        c.lea(edi, __[rbx - 2]);
        c.mov(ebx, eax);
        c.call(function);
        c.add(eax, ebx);
        c.pop(rbx);
        c.ret();
        c.Label(ref small);
        c.mov(eax, edi);
        c.ret();
        c.Label(ref start);
        c.mov(edi, 24);
        c.call(function);
    }
}
