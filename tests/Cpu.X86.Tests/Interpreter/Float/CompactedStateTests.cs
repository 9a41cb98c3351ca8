using System.Runtime.Intrinsics;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>XSAVEC, XSAVES, XRSTORS, the compacted format, IA32_XSS, and the component of PKRU (SDM volume 1, 13.4.3 and 13.8 to 13.12).</summary>
public sealed unsafe class CompactedStateTests
{
    private const int Header = 512;
    private const ulong Compacted = 1UL << 63;
    private const ulong Pkru = 1 << 9;
    private const byte Untouched = 0xCC;
    private static readonly string[] Features = ["avx", "pku", "xsaveopt", "xsavec", "xsaves", "xgetbv1"];

    [Fact]
    public void XsavecPacksTheComponentsAndWritesNoInitialOnes()
    {
        using FloatMachine machine = Start();
        machine.State.Mxcsr = 0x1F80;
        for (int i = 0; i < 16; i++)
            machine.State.Vectors[i] = Vector256.Create(Vector128<byte>.Zero, Vector128.Create((byte)(i + 1)));
        Save(machine, c => c.xsavec(__[rdi]));
        Assert.Equal(4 | Pkru | 1, *(ulong*)(machine.Memory + Header));
        Assert.Equal(Compacted | 7 | Pkru, *(ulong*)(machine.Memory + Header + 8));
        Assert.Equal(Untouched, machine.Memory[24]);
        Assert.Equal(Untouched, machine.Memory[160]);
        Assert.Equal(16, machine.Memory[576 + (15 * 16)]);
        Assert.Equal(0x55UL, *(ulong*)(machine.Memory + 832));
        Assert.Equal(Untouched, machine.Memory[840]);
    }

    [Fact]
    public void WhatIsNotRequestedTakesNoRoom()
    {
        using FloatMachine machine = Start();
        Save(machine, c => c.xsaves(__[rdi]), (int)Pkru | 1);
        Assert.Equal(0x55UL, *(ulong*)(machine.Memory + 576));
        Assert.Equal(Compacted | Pkru | 1, *(ulong*)(machine.Memory + Header + 8));
    }

    [Fact]
    public void TheStandardFormatHasPkruAtItsPlace()
    {
        using FloatMachine machine = Start();
        new Span<byte>(machine.Memory + Header, 64).Clear();
        Run(machine, c => c.xsave(__[rdi]));
        Assert.Equal(0x55UL, *(ulong*)(machine.Memory + 2688));
        Assert.Equal(Untouched, machine.Memory[2687]);
        Assert.Equal(Untouched, machine.Memory[2696]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void XrstorsTakesBackWhatXsavesWrote(bool supervisor)
    {
        using FloatMachine machine = Start();
        Save(machine, c => c.xsaves64(__[rdi]));
        X86State saved = machine.State;
        machine.State.Pkru = 0;
        machine.State.Mxcsr = 0x1F80;
        for (int i = 0; i < 16; i++)
            machine.State.Vectors[i] = default;
        X86Exception end = Run(machine, c =>
        {
            c.fninit();
            if (supervisor)
                c.xrstors64(__[rdi]);
            else
                c.xrstor64(__[rdi]);
        });
        Assert.Equal(X86Exception.InvalidOpcode, end);
        Assert.Equal(0x55u, machine.State.Pkru);
        Assert.Equal(0x1FA0u, machine.State.Mxcsr);
        Assert.Equal(saved.Float[7], machine.State.Float[7]);
        for (int i = 0; i < 16; i++)
            Assert.Equal(saved.Vectors[i], machine.State.Vectors[i]);
    }

    [Fact]
    public void TheCompactedFormInitializesMxcsrWithTheVectors()
    {
        using FloatMachine machine = Start();
        new Span<byte>(machine.Memory, 1024).Clear();
        *(ulong*)(machine.Memory + Header + 8) = Compacted | 7;
        Run(machine, c => c.xrstor(__[rdi]));
        Assert.Equal(0x1F80u, machine.State.Mxcsr);
        Assert.Equal(0u, machine.State.Pkru);
    }

    [Theory]
    [InlineData(0UL, Compacted | 0x10, 0UL)]
    [InlineData(2UL, Compacted | 1, 0UL)]
    [InlineData(1UL, Compacted | 7, 1UL)]
    public void XrstorChecksTheCompactedHeader(ulong present, ulong layout, ulong rest)
    {
        using FloatMachine machine = Start();
        new Span<byte>(machine.Memory, 1024).Clear();
        *(ulong*)(machine.Memory + Header) = present;
        *(ulong*)(machine.Memory + Header + 8) = layout;
        *(ulong*)(machine.Memory + Header + 56) = rest;
        Assert.Equal(X86Exception.GeneralProtection, Run(machine, c => c.xrstor(__[rdi])));
    }

    [Fact]
    public void XrstorsWantsTheCompactedFormAndTheSystem()
    {
        using FloatMachine machine = Start();
        new Span<byte>(machine.Memory, 1024).Clear();
        Assert.Equal(X86Exception.GeneralProtection, Run(machine, c => c.xrstors(__[rdi])));
        *(ulong*)(machine.Memory + Header + 8) = Compacted;
        machine.SetPrivilege(3);
        Assert.Equal(X86Exception.GeneralProtection, Run(machine, c => c.xrstors(__[rdi])));
        Assert.Equal(X86Exception.GeneralProtection, Run(machine, c => c.xsaves(__[rdi])));
        machine.SetPrivilege(0);
        Assert.Equal(X86Exception.InvalidOpcode, Run(machine, c => c.xrstors(__[rdi])));
    }

    [Fact]
    public void XgetbvTellsWhatIsInUse()
    {
        using FloatMachine machine = Start();
        for (int i = 0; i < 16; i++)
            machine.State.Vectors[i] = machine.State.Vectors[i].WithUpper(Vector128<byte>.Zero);
        Run(machine, c =>
        {
            c.mov(ecx, 1);
            c.xgetbv();
        });
        Assert.Equal(3 | Pkru, machine.State.Gpr[(int)X86Register.Rax]);
    }

    [Theory]
    [InlineData(0, X86Exception.InvalidOpcode)]
    [InlineData(0x100, X86Exception.GeneralProtection)]
    public void XssHasNoBits(int value, X86Exception expected)
    {
        using FloatMachine machine = Start();
        Assert.Equal(expected, machine.Run(c =>
        {
            c.mov(ecx, 0xDA0);
            c.mov(eax, value);
            c.xor(edx, edx);
            c.wrmsr();
        }));
    }

    private static void Save(FloatMachine machine, Action<Assembler> instruction, int mask = -1)
    {
        new Span<byte>(machine.Memory + Header, 64).Clear();
        Assert.Equal(X86Exception.InvalidOpcode, Run(machine, instruction, mask));
    }

    private static X86Exception Run(FloatMachine machine, Action<Assembler> instruction, int mask = -1) => machine.Run(c =>
    {
        c.mov(eax, mask);
        c.mov(edx, mask);
        instruction(c);
    });

    private static FloatMachine Start()
    {
        var machine = new FloatMachine(64, Features);
        machine.State.Xcr0 = 7 | Pkru;
        machine.Run(c =>
        {
            c.fninit();
            c.fld1();
        });
        machine.State.Pkru = 0x55;
        machine.State.Mxcsr = 0x1FA0;
        for (int i = 0; i < 16; i++)
            machine.State.Vectors[i] = Vector256.Create((byte)(i + 1));
        new Span<byte>(machine.Memory, 4096).Fill(Untouched);
        return machine;
    }
}
