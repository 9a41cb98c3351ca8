using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Tests.Interpreter.Float;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Vector.Vex;

/// <summary>The AVX component of the extended state: CPUID leaf 0DH, XCR0, XSAVE and XRSTOR (SDM volume 1, chapter 13).</summary>
public sealed unsafe class VexStateTests
{
    private const int Header = 512;
    private const int Halves = 576;

    [Theory]
    [InlineData(1UL, 576u)]
    [InlineData(3UL, 576u)]
    [InlineData(7UL, 832u)]
    public void CpuidTellsSizesAndPlaces(ulong xcr0, uint current)
    {
        using FloatMachine machine = new(64, "avx");
        machine.State.Xcr0 = xcr0;
        Assert.Equal(new X86CpuidResult(7, current, 832, 0), machine.Core.Cpuid.Get(0xD, 0));
        Assert.Equal(new X86CpuidResult(256, 576, 0, 0), machine.Core.Cpuid.Get(0xD, 2));
        Assert.Equal(default, machine.Core.Cpuid.Get(0xD, 3));
    }

    [Fact]
    public void CpuidTellsNothingOfItWithoutTheFeature()
    {
        using FloatMachine machine = new();
        Assert.Equal(new X86CpuidResult(3, 576, 576, 0), machine.Core.Cpuid.Get(0xD, 0));
        Assert.Equal(default, machine.Core.Cpuid.Get(0xD, 2));
        Assert.Equal(0u, machine.Core.Cpuid.Get(1, 0).Ecx & (1 << 28));
        Assert.Equal(X86Exception.GeneralProtection, SetControl(machine, 7));
    }

    [Theory]
    [InlineData("avx", 1u, 28)]
    [InlineData("fma", 1u, 12)]
    [InlineData("f16c", 1u, 29)]
    public void CpuidHasTheBits(string feature, uint leaf, int bit)
    {
        using FloatMachine machine = new(64, feature);
        Assert.Equal(1u, (machine.Core.Cpuid.Get(leaf, 0).Ecx >> bit) & 1);
    }

    [Fact]
    public void CpuidHasTheBitOfAvx2()
    {
        using FloatMachine machine = new(64, "avx2");
        Assert.Equal(1u, (machine.Core.Cpuid.Get(7, 0).Ebx >> 5) & 1);
    }

    [Theory]
    [InlineData(7u, X86Exception.InvalidOpcode)]
    [InlineData(3u, X86Exception.InvalidOpcode)]
    [InlineData(5u, X86Exception.GeneralProtection)]
    [InlineData(6u, X86Exception.GeneralProtection)]
    [InlineData(15u, X86Exception.GeneralProtection)]
    public void XsetbvWantsSseWithAvx(uint value, X86Exception expected)
    {
        using FloatMachine machine = new(64, "avx");
        Assert.Equal(expected, SetControl(machine, value));
        Assert.Equal(expected == X86Exception.InvalidOpcode ? value : 3UL, machine.State.Xcr0);
    }

    [Fact]
    public void XsetbvMakesAvxUsableAtOnce()
    {
        using FloatMachine machine = new(64, "avx");
        machine.Run(c =>
        {
            c.xor(ecx, ecx);
            c.xor(edx, edx);
            c.mov(eax, 7);
            c.xsetbv();
            c.vxorps(ymm0, ymm0, ymm0);
            c.mov(ebx, 0x5A);
        });
        Assert.Equal(0x5AUL, machine.State.Gpr[(int)X86Register.Rbx]);
    }

    [Fact]
    public void XsaveAndXrstorMoveTheUpperHalves()
    {
        using FloatMachine machine = Start();
        Save(machine, 7);
        Assert.Equal(7UL, *(ulong*)(machine.Memory + Header) & 6 | 1);
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal((byte)(0x10 + i), machine.Memory[160 + (16 * i)]);
            Assert.Equal((byte)(0x80 + i), machine.Memory[Halves + (16 * i)]);
            Assert.Equal((byte)(0x80 + i), machine.Memory[Halves + (16 * i) + 15]);
        }

        Assert.Equal(0xEE, machine.Memory[Halves + 256]);
        for (int i = 0; i < 16; i++)
            machine.State.Vectors[i] = default;
        Restore(machine, 7);
        for (int i = 0; i < 16; i++)
            Assert.Equal(Register(i), machine.State.Vectors[i]);
    }

    [Fact]
    public void EachComponentMovesAlone()
    {
        using FloatMachine machine = Start();
        Save(machine, 4);
        Assert.Equal(4UL, *(ulong*)(machine.Memory + Header) & 7);
        Assert.Equal(0xEE, machine.Memory[160]);
        Assert.Equal(0x1F80u, *(uint*)(machine.Memory + 24));
        Assert.Equal(0x80, machine.Memory[Halves]);
        for (int i = 0; i < 16; i++)
            machine.State.Vectors[i] = Vector256.Create((byte)1);
        Restore(machine, 4);
        Assert.Equal(Vector256.Create(Vector128.Create((byte)1), Register(3).GetUpper()), machine.State.Vectors[3]);
    }

    [Fact]
    public void WhatTheHeaderLeavesOutIsCleared()
    {
        using FloatMachine machine = Start();
        Save(machine, 7);
        *(ulong*)(machine.Memory + Header) &= ~4UL;
        Restore(machine, 7);
        Assert.Equal(Vector256.Create(Register(5).GetLower(), Vector128<byte>.Zero), machine.State.Vectors[5]);
    }

    [Fact]
    public void ClearedHalvesAreNotInUse()
    {
        using FloatMachine machine = Start();
        machine.Run(c => c.vzeroupper());
        Save(machine, 7);
        Assert.Equal(0UL, *(ulong*)(machine.Memory + Header) & 4);
        Assert.Equal(2UL, *(ulong*)(machine.Memory + Header) & 2);
    }

    [Fact]
    public void OutsideXcr0NothingMoves()
    {
        using FloatMachine machine = Start();
        machine.State.Xcr0 = 3;
        Save(machine, 7);
        Assert.Equal(0xEE, machine.Memory[Halves]);
        *(ulong*)(machine.Memory + Header) |= 4;
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c =>
        {
            c.mov(eax, 7);
            c.xor(edx, edx);
            c.xrstor(__[rdi]);
        }));
    }

    [Fact]
    public void In32BitModeEightRegistersMove()
    {
        using FloatMachine machine = new(32, "avx");
        Prepare(machine);
        machine.Run(c =>
        {
            c.mov(eax, 7);
            c.xor(edx, edx);
            c.xsave(__[edi]);
        });
        Assert.Equal(0x87, machine.Memory[Halves + (7 * 16)]);
        Assert.Equal(0xEE, machine.Memory[Halves + (8 * 16)]);
    }

    private static X86Exception SetControl(FloatMachine machine, uint value) => machine.Run(c =>
    {
        c.xor(ecx, ecx);
        c.xor(edx, edx);
        c.mov(eax, value);
        c.xsetbv();
    });

    private static FloatMachine Start()
    {
        var machine = new FloatMachine(64, "avx");
        Prepare(machine);
        return machine;
    }

    private static void Prepare(FloatMachine machine)
    {
        machine.State.Xcr0 = 7;
        for (int i = 0; i < 16; i++)
            machine.State.Vectors[i] = Register(i);
        new Span<byte>(machine.Memory, 1024).Fill(0xEE);
        new Span<byte>(machine.Memory + Header, 64).Clear();
    }

    private static Vector256<byte> Register(int number) => Vector256.Create(Vector128.Create((byte)(0x10 + number)), Vector128.Create((byte)(0x80 + number)));

    private static void Save(FloatMachine machine, uint components) => Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c =>
    {
        c.mov(eax, components);
        c.xor(edx, edx);
        c.xsave(__[rdi]);
    }));

    private static void Restore(FloatMachine machine, uint components) => Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c =>
    {
        c.mov(eax, components);
        c.xor(edx, edx);
        c.xrstor(__[rdi]);
    }));
}
