using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Benchmarks;

/// <summary>A multiply-and-rotate hash over 32 KiB: arithmetic, 64-bit loads, one long loop body.</summary>
internal sealed class Checksum : BenchmarkGuest
{
    private const int Size = 32_768;

    /// <inheritdoc/>
    public override string Name => "bench-checksum";

    /// <inheritdoc/>
    protected override int Rounds => 4_000;

    /// <inheritdoc/>
    protected override void WriteRound(Assembler c, GuestImageBuilder image)
    {
        uint data = image.Zeroes(Size, 4096);
        Label next = c.CreateLabel();
        c.mov(esi, data);
        c.mov(ecx, Size / 8);
        c.mov(rbx, unchecked((long)0x9E37_79B9_7F4A_7C15));
        c.Label(ref next);
        c.mov(rax, __[rsi]);
        c.xor(rax, rdx);
        c.imul(rax, rbx);
        c.mov(rdx, rax);
        c.shr(rdx, 29);
        c.xor(rdx, rax);
        c.rol(rdx, 17);
        c.add(rdx, rcx);
        c.mov(__[rsi], rdx);
        c.add(rsi, 8);
        c.dec(ecx);
        c.jne(next);
    }
}
