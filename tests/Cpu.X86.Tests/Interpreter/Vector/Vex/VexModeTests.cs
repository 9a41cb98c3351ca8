using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Tests.Interpreter.Float;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Vector.Vex;

/// <summary>VEX outside 64-bit mode (SDM volume 2, 2.3.11 "AVX Instruction Length" and 2.4; table 2-14).</summary>
public sealed unsafe class VexModeTests
{
    private const ulong Virtual8086 = 1 << 17;

    /// <summary>VADDPS xmm0, xmm1, xmm2.</summary>
    private static readonly byte[] Addition = [0xC5, 0xF0, 0x58, 0xC2, 0x0F, 0x0B];

    [Fact]
    public void InProtectedModeItWorksWith16And32Bits()
    {
        foreach (bool paragraphs in (bool[])[false, true])
        {
            using FloatMachine machine = Create(paragraphs ? 16 : 32);
            machine.State.Cr0 |= 1;
            Assert.Equal(X86Exception.InvalidOpcode, machine.Run(Addition));
            Assert.Equal(machine.Start + 4, machine.State.Rip);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RealModeAndVirtual8086ModeHaveNone(bool isVirtual)
    {
        using FloatMachine machine = Create(16);
        if (isVirtual)
        {
            machine.State.Cr0 |= 1;
            machine.State.Rflags |= Virtual8086;
        }

        Assert.Equal(X86Exception.InvalidOpcode, machine.Run(Addition));
        Assert.Equal(machine.Start, machine.State.Rip);
    }

    [Fact]
    public void WithAMemoryOperandItIsLds()
    {
        // LDS AX, [DI], which takes 58C2H from behind a new DS.
        using FloatMachine machine = Create(16);
        *(uint*)machine.Memory = 0x2000_58C2;
        Assert.Equal(X86Exception.InvalidOpcode, machine.Run([0xC5, 0x05, 0x0F, 0x0B]));
        Assert.Equal(2UL, machine.State.Rip);
        Assert.Equal(0x58C2UL, machine.State.Gpr[(int)X86Register.Rax] & 0xFFFF);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnlyEightRegistersAreCleared(bool all)
    {
        using FloatMachine machine = Create(32);
        for (int i = 0; i < 16; i++)
            machine.State.Vectors[i] = Vector256.Create((byte)0xAA);
        Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c =>
        {
            if (all)
                c.vzeroall();
            else
                c.vzeroupper();
        }));
        Vector128<byte> kept = Vector128.Create((byte)0xAA);
        Assert.Equal(Vector256.Create(all ? Vector128<byte>.Zero : kept, Vector128<byte>.Zero), machine.State.Vectors[7]);
        Assert.Equal(Vector256.Create(kept, kept), machine.State.Vectors[8]);
    }

    [Fact]
    public void MaskedOffElementsMayLieBehindTheLimit()
    {
        using FloatMachine machine = Create(32);
        machine.State.Segments[(int)X86SegmentRegister.Ds].Limit = (uint)FloatMachine.Data + 15;
        machine.State.Vectors[1] = Vector256.Create(-1, -1, -1, -1, 0, 0, 0, 0).AsByte();
        new Span<byte>(machine.Memory, 32).Fill(0x77);
        Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c => c.vpmaskmovd(ymm0, ymm1, __ymmword_ptr[edi])));
        Assert.Equal(Vector256.Create(Vector128.Create((byte)0x77), Vector128<byte>.Zero), machine.State.Vectors[0]);
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c => c.vmovups(ymm0, __ymmword_ptr[edi])));
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c => c.vpmaskmovd(ymm0, ymm1, __ymmword_ptr[edi + 4])));
    }

    [Fact]
    public void GatheredOffsetsWrapAndAreChecked()
    {
        using FloatMachine machine = Create(32);
        machine.State.Vectors[1] = Vector256.Create(-16, 0, 4, 8, 0, 0, 0, 0).AsByte();
        machine.State.Vectors[2] = Vector256<byte>.AllBitsSet;
        *(uint*)machine.Memory = 0x1234_5678;
        Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c =>
        {
            c.add(edi, 16);
            c.vpgatherdd(xmm0, __dword_ptr[edi + xmm1], xmm2);
        }));
        Assert.Equal(0x1234_5678u, machine.State.Vectors[0].AsUInt32()[0]);

        machine.State.Segments[(int)X86SegmentRegister.Ds].Limit = (uint)FloatMachine.Data + 3;
        machine.State.Vectors[2] = Vector256<byte>.AllBitsSet;
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c =>
        {
            c.add(edi, 16);
            c.vpgatherdd(xmm0, __dword_ptr[edi + xmm1], xmm2);
        }));
        Assert.Equal(Vector256.Create(0u, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0, 0, 0, 0), machine.State.Vectors[2].AsUInt32());
    }

    [Fact]
    public void WithoutTheFeatureThereIsNone()
    {
        using FloatMachine machine = new(64, "avx", "avx2");
        machine.State.Xcr0 = 7;
        Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c => c.vpaddb(ymm0, ymm1, ymm2)));
        Assert.NotEqual(machine.Start, machine.State.Rip);
        Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c => c.vfmadd132ps(ymm0, ymm1, ymm2)));
        Assert.Equal(machine.Start, machine.State.Rip);
        Assert.Equal(X86Exception.InvalidOpcode, machine.Run(c => c.vcvtph2ps(ymm0, xmm1)));
        Assert.Equal(machine.Start, machine.State.Rip);
    }

    [Fact]
    public void NothingIsAllocated()
    {
        using FloatMachine machine = Create(64);
        static void Emit(Assembler c)
        {
            c.vfmadd132ps(ymm0, ymm1, __ymmword_ptr[rdi]);
            c.vfnmsub231sd(xmm0, xmm1, xmm2);
            c.vcvtph2ps(ymm3, xmm0);
            c.vcvtps2ph(__xmmword_ptr[rdi], ymm3, 4);
            c.vpermd(ymm4, ymm3, ymm0);
            c.vpcmpeqd(ymm5, ymm5, ymm5);
            c.vpmaskmovd(ymm6, ymm5, __ymmword_ptr[rdi]);
            c.vpxor(ymm7, ymm7, ymm7);
            c.vpgatherdd(ymm6, __dword_ptr[rdi + ymm7], ymm5);
        }

        machine.Run(Emit);
        Assembler assembler = new(64);
        Emit(assembler);
        assembler.ud2();
        var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), machine.Start);
        byte[] code = stream.ToArray();
        machine.Run(code);
        long before = GC.GetAllocatedBytesForCurrentThread();
        machine.Run(code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256);
    }

    private static FloatMachine Create(int bits)
    {
        var machine = new FloatMachine(bits, "avx", "avx2", "fma", "f16c");
        machine.State.Xcr0 = 7;
        return machine;
    }
}
