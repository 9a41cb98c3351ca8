using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Benchmarks;

/// <summary>The sieve of Eratosthenes over 64 KiB: short loops, byte stores, branches that are mostly taken.</summary>
internal sealed class Sieve : BenchmarkGuest
{
    private const int Size = 65_536;

    /// <inheritdoc/>
    public override string Name => "bench-sieve";

    /// <inheritdoc/>
    protected override int Rounds => 400;

    /// <inheritdoc/>
    protected override void WriteRound(Assembler c, GuestImageBuilder image)
    {
        uint flags = image.Zeroes(Size, 4096);
        Label next = c.CreateLabel();
        Label strike = c.CreateLabel();
        Label skip = c.CreateLabel();
        c.mov(edi, flags);
        c.mov(ecx, Size / 8);
        c.mov(rax, 0x0101_0101_0101_0101);
        c.rep.stosq();
        c.mov(ebx, flags);
        c.mov(esi, 2);
        c.Label(ref next);
        c.cmp(__byte_ptr[rbx + rsi], 0);
        c.je(skip);
        c.lea(rdx, __[rsi + rsi]);
        c.Label(ref strike);
        c.mov(__byte_ptr[rbx + rdx], 0);
        c.add(rdx, rsi);
        c.cmp(rdx, Size);
        c.jb(strike);
        c.Label(ref skip);
        c.inc(rsi);
        c.cmp(rsi, Size / 2);
        c.jb(next);
    }
}
