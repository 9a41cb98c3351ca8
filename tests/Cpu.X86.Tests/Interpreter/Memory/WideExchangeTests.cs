using System.Runtime.InteropServices;
using Dominion.Cpu.X86.Interpreter.Memory;

namespace Dominion.Cpu.X86.Tests.Interpreter.Memory;

/// <summary>CMPXCHG16B's work on host memory.</summary>
public sealed unsafe class WideExchangeTests
{
    private const int Rounds = 20_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MemoryChangesOnlyWhenItHoldsWhatIsExpected(bool locked)
    {
        UInt128* cell = (UInt128*)NativeMemory.AlignedAlloc(16, 16);
        var first = new UInt128(0x1111_2222_3333_4444, 0x5555_6666_7777_8888);
        var second = new UInt128(1, 2);
        *cell = first;
        Assert.Equal(first, Exchange(cell, second, new UInt128(0x1111_2222_3333_4444, 0)));
        Assert.Equal(first, *cell);
        Assert.Equal(first, Exchange(cell, second, first));
        Assert.Equal(second, *cell);
        NativeMemory.AlignedFree(cell);

        UInt128 Exchange(UInt128* at, UInt128 value, UInt128 expected) =>
            locked ? WideExchange.CompareExchangeLocked(at, value, expected) : WideExchange.CompareExchange(at, value, expected);
    }

    [Fact]
    public void HostsWithTheInstructionUseIt() =>
        Assert.Equal(System.Runtime.Intrinsics.X86.Sse42.IsSupported && RuntimeInformation.ProcessArchitecture == Architecture.X64, WideExchange.IsNative);

    /// <summary>One thread exchanges both halves, the other adds to the low half with LOCK XADD: none of its additions is lost, which a lock around the exchange would not give.</summary>
    [Fact]
    public void PlainAtomicsOfOtherThreadsAreNotLost()
    {
        if (!WideExchange.IsNative)
            return;
        UInt128* cell = (UInt128*)NativeMemory.AlignedAlloc(16, 16);
        *cell = 0;
        nint address = (nint)cell;
        var adder = new Thread(() =>
        {
            for (int i = 0; i < Rounds; i++)
                Interlocked.Increment(ref *(ulong*)address);
        });
        adder.Start();
        for (int i = 0; i < Rounds; i++)
        {
            UInt128 found = *cell;
            while (true)
            {
                UInt128 seen = WideExchange.CompareExchange(cell, found + (UInt128.One << 64), found);
                if (seen == found)
                    break;
                found = seen;
            }
        }

        adder.Join();
        Assert.Equal(new UInt128(Rounds, Rounds), *cell);
        NativeMemory.AlignedFree(cell);
    }
}
