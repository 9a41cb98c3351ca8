using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Benchmarks;

/// <summary>Insertion sort of 512 pseudo-random words: compares, branches that are hard to tell, loads and stores that follow each other.</summary>
internal sealed class Sort : BenchmarkGuest
{
    private const int Count = 512;

    /// <inheritdoc/>
    public override string Name => "bench-sort";

    /// <inheritdoc/>
    protected override int Rounds => 400;

    /// <inheritdoc/>
    protected override void WriteRound(Assembler c, GuestImageBuilder image)
    {
        uint data = image.Zeroes(Count * 4, 4096);
        Label fill = c.CreateLabel();
        Label outer = c.CreateLabel();
        Label inner = c.CreateLabel();
        Label place = c.CreateLabel();
        c.mov(ebx, data);
        c.mov(eax, r15d);
        c.xor(ecx, ecx);
        c.Label(ref fill);
        c.imul(eax, eax, 1_664_525);
        c.add(eax, 1_013_904_223);
        c.mov(__[rbx + (rcx * 4)], eax);
        c.inc(ecx);
        c.cmp(ecx, Count);
        c.jb(fill);
        c.mov(ecx, 1);
        c.Label(ref outer);
        c.mov(eax, __[rbx + (rcx * 4)]);
        c.mov(rdx, rcx);
        c.Label(ref inner);
        c.mov(esi, __[rbx + (rdx * 4) - 4]);
        c.cmp(esi, eax);
        c.jbe(place);
        c.mov(__[rbx + (rdx * 4)], esi);
        c.dec(rdx);
        c.jne(inner);
        c.Label(ref place);
        c.mov(__[rbx + (rdx * 4)], eax);
        c.inc(rcx);
        c.cmp(rcx, Count);
        c.jb(outer);
    }
}
