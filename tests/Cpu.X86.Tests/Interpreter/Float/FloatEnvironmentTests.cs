using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>The four layouts of the environment (SDM volume 1, figures 8-9 to 8-12).</summary>
public sealed unsafe class FloatEnvironmentTests
{
    private const ushort Control = 0x037F;

    /// <summary>FLD dword [EDI + 0x40] is D9 /0: opcode 1_01xxxxxx.</summary>
    private static readonly byte[] Load32 = [0xD9, 0x47, 0x40];
    private static readonly byte[] Load16 = [0xD9, 0x45, 0x40];
    private static readonly byte[] Undefined = [0x0F, 0x0B];

    [Fact]
    public void ProtectedModeWith32BitsHoldsOffsetsAndSelectors()
    {
        using FloatMachine machine = Start(32);
        machine.Run([0x90, .. Load32, 0xD9, 0x37, .. Undefined]);
        uint* image = (uint*)machine.Memory;
        Assert.Equal(0xFFFF_0000 | Control, image[0]);
        Assert.Equal(0xFFFF_3800, image[1]);
        Assert.Equal(0xFFFF_7FFF, image[2]);
        Assert.Equal((uint)FloatMachine.Code + 1, image[3]);
        Assert.Equal((0x147u << 16) | 8, image[4]);
        Assert.Equal((uint)FloatMachine.Data + 0x40, image[5]);
        Assert.Equal(0xFFFF_0010, image[6]);
        Assert.Equal(Control, machine.State.FloatControl);
    }

    [Fact]
    public void ProtectedModeWith16BitsHoldsLowHalves()
    {
        using FloatMachine machine = Start(32);
        machine.Run([0x90, .. Load32, 0x66, 0xD9, 0x37, .. Undefined]);
        ushort* image = (ushort*)machine.Memory;
        Assert.Equal([Control, 0x3800, 0x7FFF, 0x0001, 8, 0x0040, 0x10, 0], new ReadOnlySpan<ushort>(image, 8).ToArray());
    }

    [Fact]
    public void RealModeWith16BitsHoldsLinearAddressesAndTheOpcode()
    {
        using FloatMachine machine = Start(16);
        machine.Run([0x90, .. Load16, 0xD9, 0x35, .. Undefined]);
        ushort* image = (ushort*)machine.Memory;
        Assert.Equal([Control, 0x3800, 0x7FFF, 0x0001, 0x1145, 0x0040, 0x2000, 0], new ReadOnlySpan<ushort>(image, 8).ToArray());
    }

    [Fact]
    public void RealModeWith32BitsHoldsLinearAddressesAndTheOpcode()
    {
        using FloatMachine machine = Start(16);
        machine.Run([0x90, .. Load16, 0x66, 0xD9, 0x35, .. Undefined]);
        uint* image = (uint*)machine.Memory;
        Assert.Equal(0x0001u, image[3] & 0xFFFF);
        Assert.Equal(0x1145u, image[4]);
        Assert.Equal(0x0040u, image[5] & 0xFFFF);
        Assert.Equal(0x2000u, image[6]);
    }

    [Theory]
    [InlineData(32, new byte[] { 0xDD, 0x37 }, new byte[] { 0xDD, 0x27 })]
    [InlineData(32, new byte[] { 0x66, 0xDD, 0x37 }, new byte[] { 0x66, 0xDD, 0x27 })]
    [InlineData(16, new byte[] { 0xDD, 0x35 }, new byte[] { 0xDD, 0x25 })]
    [InlineData(16, new byte[] { 0x66, 0xDD, 0x35 }, new byte[] { 0x66, 0xDD, 0x25 })]
    public void EveryLayoutIsReadAsItWasWritten(int bits, byte[] save, byte[] restore)
    {
        using FloatMachine machine = Start(bits);
        byte[] load = bits == 16 ? Load16 : Load32;
        *(float*)(machine.Memory + 0x40) = 1.5f;
        machine.Run([.. load, .. save, .. Undefined]);
        byte[] first = new ReadOnlySpan<byte>(machine.Memory, 108).ToArray();
        Assert.Equal(0xFFFF, machine.State.FloatTag);
        machine.Run([.. restore, .. Undefined]);
        Assert.NotEqual(0xFFFF, machine.State.FloatTag);
        machine.Run([.. save, .. Undefined]);
        Assert.Equal(first, new ReadOnlySpan<byte>(machine.Memory, 108).ToArray());
    }

    private static FloatMachine Start(int bits)
    {
        var machine = new FloatMachine(bits);
        machine.Run(c => c.fninit());
        return machine;
    }
}
