using System.Runtime.Intrinsics;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>FXSAVE, FXRSTOR, XSAVE, XRSTOR, XGETBV, XSETBV (SDM volume 1, 10.5 and chapter 13).</summary>
public sealed unsafe class ExtendedStateTests
{
    private const ulong OsFxsr = 1 << 9;
    private const ulong OsXsave = 1 << 18;
    private const int Header = 512;

    [Fact]
    public void FxsaveWritesTheLayoutOf64Bits()
    {
        using FloatMachine machine = Start();
        new Span<byte>(machine.Memory, 512).Fill(0xCC);
        machine.State.FloatOpcode = 0x123;
        machine.State.FloatInstruction = 0x1122_3344_5566;
        machine.State.FloatOperand = 0x6655_4433_2211;
        machine.Run(c => c.fxsave64(__[rdi]));
        byte* area = machine.Memory;
        Assert.Equal(0x037F, *(ushort*)area);
        Assert.Equal(7 << 11, *(ushort*)(area + 2));
        Assert.Equal(0x80, area[4]);
        Assert.Equal(0, area[5]);
        Assert.Equal(0x123, *(ushort*)(area + 6));
        Assert.Equal(0x1122_3344_5566UL, *(ulong*)(area + 8));
        Assert.Equal(0x6655_4433_2211UL, *(ulong*)(area + 16));
        Assert.Equal(0x1FA0u, *(uint*)(area + 24));
        Assert.Equal(0xFFFFu, *(uint*)(area + 28));
        Assert.Equal(0x8000_0000_0000_0000UL, *(ulong*)(area + 32));
        Assert.Equal(0x3FFFUL, *(ulong*)(area + 40));
        Assert.Equal(0x0F0F_0F0F_0F0F_0F0FUL, *(ulong*)(area + 160 + (15 * 16)));
        Assert.All(new ReadOnlySpan<byte>(area + 416, 96).ToArray(), value => Assert.Equal(0xCC, value));
    }

    [Fact]
    public void FxrstorTakesBackWhatFxsaveWrote()
    {
        using FloatMachine machine = Start();
        machine.Run(c => c.fxsave(__[rdi]));
        X86State saved = machine.State;
        machine.Run(c =>
        {
            c.fninit();
            c.fxrstor(__[rdi]);
        });
        Assert.Equal(saved.FloatStatus, machine.State.FloatStatus);
        Assert.Equal(0x3FFF, machine.State.FloatTag);
        Assert.Equal(saved.Float[7], machine.State.Float[7]);
        Assert.Equal(saved.Mxcsr, machine.State.Mxcsr);
    }

    [Theory]
    [InlineData(0u, X86Exception.InvalidOpcode)]
    [InlineData(0xFFFFu, X86Exception.InvalidOpcode)]
    [InlineData(0x1_0000u, X86Exception.GeneralProtection)]
    [InlineData(0x8000_0000u, X86Exception.GeneralProtection)]
    public void FxrstorRefusesReservedBitsOfMxcsr(uint mxcsr, X86Exception expected)
    {
        using FloatMachine machine = Start();
        machine.Run(c => c.fxsave(__[rdi]));
        *(uint*)(machine.Memory + 24) = mxcsr;
        Assert.Equal(expected, machine.Run(c => c.fxrstor(__[rdi])));
        Assert.Equal(expected == X86Exception.InvalidOpcode ? mxcsr : 0x1FA0, machine.State.Mxcsr);
    }

    [Fact]
    public void WithoutOsfxsrOnlyTheFloatPartMoves()
    {
        using FloatMachine machine = Start();
        machine.State.Cr4 &= ~OsFxsr;
        new Span<byte>(machine.Memory, 512).Fill(0xCC);
        machine.Run(c => c.fxsave(__[rdi]));
        Assert.Equal(0x037F, *(ushort*)machine.Memory);
        Assert.Equal(0xCC, machine.Memory[160]);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(1)]
    public void FxsaveWantsSixteenByteAlignment(int offset)
    {
        using FloatMachine machine = Start();
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c => c.fxsave(__[rdi + offset])));
    }

    [Fact]
    public void XsaveSetsWhatIsInUseAndKeepsOtherBits()
    {
        using FloatMachine machine = Start();
        new Span<byte>(machine.Memory, 1024).Clear();
        *(ulong*)(machine.Memory + Header) = 4;
        machine.Run(c =>
        {
            c.mov(eax, -1);
            c.mov(edx, -1);
            c.xsave64(__[rdi]);
        });
        Assert.Equal(7UL, *(ulong*)(machine.Memory + Header));
        Assert.Equal(0x037F, *(ushort*)machine.Memory);
        Assert.Equal(0x0F, machine.Memory[160 + (15 * 16)]);
    }

    [Fact]
    public void XsaveOfAnInitialComponentClearsItsBit()
    {
        using var machine = new FloatMachine();
        machine.Run(c =>
        {
            c.fninit();
            c.mov(eax, 3);
            c.xor(edx, edx);
            c.xsave(__[rdi]);
        });
        Assert.Equal(0UL, *(ulong*)(machine.Memory + Header));
    }

    [Fact]
    public void XrstorInitializesWhatTheHeaderLeavesOut()
    {
        using FloatMachine machine = Start();
        new Span<byte>(machine.Memory, 1024).Clear();
        *(uint*)(machine.Memory + 24) = 0x1F80;
        X86Exception exception = machine.Run(c =>
        {
            c.mov(eax, 3);
            c.xor(edx, edx);
            c.xrstor(__[rdi]);
        });
        Assert.Equal(X86Exception.InvalidOpcode, exception);
        Assert.Equal(0x037F, machine.State.FloatControl);
        Assert.Equal(0xFFFF, machine.State.FloatTag);
        Assert.Equal(UInt128.Zero, machine.State.Float[7]);
        Assert.Equal(0x1F80u, machine.State.Mxcsr);
        Assert.Equal(Vector128<byte>.Zero, machine.State.Vectors[15].GetLower());
        Assert.Equal(Vector128.Create((byte)15), machine.State.Vectors[15].GetUpper());
    }

    [Theory]
    [InlineData(0, 4UL)]
    [InlineData(8, 1UL)]
    [InlineData(8, 0x8000_0000_0000_0000UL)]
    [InlineData(16, 1UL)]
    public void XrstorRefusesABadHeader(int offset, ulong value)
    {
        using FloatMachine machine = Start();
        new Span<byte>(machine.Memory, 1024).Clear();
        *(ulong*)(machine.Memory + Header + offset) = value;
        X86Exception exception = machine.Run(c =>
        {
            c.mov(eax, 3);
            c.xor(edx, edx);
            c.xrstor(__[rdi]);
        });
        Assert.Equal(X86Exception.GeneralProtection, exception);
    }

    [Theory]
    [InlineData(0u, 1u, 0u, X86Exception.InvalidOpcode)]
    [InlineData(0u, 3u, 0u, X86Exception.InvalidOpcode)]
    [InlineData(0u, 2u, 0u, X86Exception.GeneralProtection)]
    [InlineData(0u, 5u, 0u, X86Exception.GeneralProtection)]
    [InlineData(0u, 9u, 0u, X86Exception.GeneralProtection)]
    [InlineData(0u, 3u, 1u, X86Exception.GeneralProtection)]
    [InlineData(1u, 3u, 0u, X86Exception.GeneralProtection)]
    public void XsetbvChecksItsValue(uint index, uint low, uint high, X86Exception expected)
    {
        using FloatMachine machine = Start();
        X86Exception exception = machine.Run(c =>
        {
            c.mov(ecx, index);
            c.mov(eax, low);
            c.mov(edx, high);
            c.xsetbv();
        });
        Assert.Equal(expected, exception);
        Assert.Equal(expected == X86Exception.InvalidOpcode ? low : 3, machine.State.Xcr0);
    }

    [Fact]
    public void XgetbvReadsXcr0()
    {
        using FloatMachine machine = Start();
        machine.Run(c => c.xgetbv());
        Assert.Equal(3UL, machine.State.Gpr[(int)X86Register.Rax]);
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rdx]);
        X86Exception exception = machine.Run(c =>
        {
            c.mov(ecx, 2);
            c.xgetbv();
        });
        Assert.Equal(X86Exception.GeneralProtection, exception);
    }

    [Fact]
    public void NothingOfXsaveExistsWithoutOsxsave()
    {
        using FloatMachine machine = Start();
        machine.State.Cr4 &= ~OsXsave;
        foreach (Action<Assembler> program in (Action<Assembler>[])[c => c.xgetbv(), c => c.xsetbv(), c => c.xsave(__[rdi]), c => c.xrstor(__[rdi])])
        {
            Assert.Equal(X86Exception.InvalidOpcode, machine.Run(program));
            Assert.Equal(FloatMachine.Code, machine.State.Rip);
        }
    }

    /// <summary>One on the stack, and vectors and MXCSR that are not in their initial state.</summary>
    private static FloatMachine Start()
    {
        var machine = new FloatMachine();
        machine.Run(c =>
        {
            c.fninit();
            c.fld1();
        });
        machine.State.Mxcsr = 0x1FA0;
        for (int i = 0; i < 16; i++)
            machine.State.Vectors[i] = Vector256.Create((byte)i);
        return machine;
    }
}
