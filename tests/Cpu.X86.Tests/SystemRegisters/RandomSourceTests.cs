using Dominion.Cpu.X86.SystemRegisters;
using Dominion.Cpu.X86.Tests.Interpreter.Float;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.SystemRegisters;

public sealed class RandomSourceTests
{
    [Fact]
    public void ASeedGivesTheSameNumbersAgain()
    {
        var first = new RandomSource(7, 0);
        var again = new RandomSource(7, 0);
        ulong[] numbers = [.. Enumerable.Range(0, 100).Select(_ => first.Next())];
        Assert.Equal(numbers, Enumerable.Range(0, 100).Select(_ => again.Next()));
        Assert.Equal(100, numbers.Distinct().Count());
    }

    [Fact]
    public void CoresAndSeedsDiffer()
    {
        Assert.NotEqual(new RandomSource(7, 0).Next(), new RandomSource(7, 1).Next());
        Assert.NotEqual(new RandomSource(7, 0).Next(), new RandomSource(8, 0).Next());
    }

    [Fact]
    public void WithoutASeedNothingRepeats()
    {
        var first = new RandomSource(null, 0);
        var second = new RandomSource(null, 0);
        ulong[] numbers = [.. Enumerable.Range(0, 200).SelectMany(_ => new[] { first.Next(), second.Next() })];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
    }

    /// <summary>CF set, the other five clear (SDM volume 2, RDRAND); a destination of 32 bits clears the upper half, one of 16 keeps the rest.</summary>
    [Fact]
    public void RdrandAndRdseedAlwaysHaveANumber()
    {
        using var machine = new FloatMachine(64, "rdrand", "rdseed");
        machine.State.Rflags |= 0x8D4;
        machine.Run(c =>
        {
            c.mov(rax, -1L);
            c.mov(rbx, -1L);
            c.mov(rdx, -1L);
            c.rdrand(rax);
            c.rdseed(ebx);
            c.rdrand(dx);
        });
        Assert.Equal(1UL, machine.State.Rflags & 0x8D5);
        Assert.NotEqual(ulong.MaxValue, machine.State.Gpr[(int)X86Register.Rax]);
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rbx] >> 32);
        Assert.Equal(ulong.MaxValue >> 16, machine.State.Gpr[(int)X86Register.Rdx] >> 16);
    }
}
