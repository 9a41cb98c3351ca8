using Dominion.Cpu.X86.Tests.Interpreter.Float;
using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.Interpreter.Control;

/// <summary>Where Intel's and AMD's system calls differ (SDM volume 2, SYSCALL, SYSRET, SYSENTER; APM volume 3, the same).</summary>
public sealed class SystemCallTests
{
    private const ulong SystemCalls = 1;
    private const ulong NotCanonical = 0x0000_8000_0000_0000;

    /// <summary>#UD at the instruction itself, or at UD2 where the call leads.</summary>
    [Theory]
    [InlineData("x86-64-v2", false)]
    [InlineData("epyc-milan", true)]
    public void OutsideLongModeOnlyAmdHasSyscall(string model, bool exists)
    {
        using var machine = new FloatMachine(32, model);
        machine.State.Efer = SystemCalls;
        machine.State.Star = (0x0008UL << 32) | (FloatMachine.Code + 0x10);
        machine.Run(Pad);
        Assert.Equal(FloatMachine.Code + (exists ? 0x10UL : 0), machine.State.Rip);
        if (exists)
            Assert.Equal(FloatMachine.Code + 2, machine.State.Gpr[(int)X86Register.Rcx]);
    }

    [Theory]
    [InlineData("x86-64-v2", false)]
    [InlineData("epyc-milan", true)]
    public void CompatibilityModeEntersAtCstar(string model, bool exists)
    {
        using var machine = new FloatMachine(64, model);
        ref X86Segment cs = ref machine.State.Segments[(int)X86SegmentRegister.Cs];
        cs.Attributes = (cs.Attributes & ~X86SegmentAttributes.Long) | X86SegmentAttributes.Default32;
        machine.State.Efer |= SystemCalls;
        machine.State.Star = 0x0008UL << 32;
        machine.State.Lstar = FloatMachine.Code + 0x20;
        machine.State.Cstar = FloatMachine.Code + 0x10;
        machine.Run(Pad);
        Assert.Equal(FloatMachine.Code + (exists ? 0x10UL : 0), machine.State.Rip);
    }

    [Theory]
    [InlineData("x86-64-v2", 0)]
    [InlineData("epyc-milan", 3)]
    public void SysretToNoAddressFaultsBeforeOrAfter(string model, int level)
    {
        using var machine = new FloatMachine(64, model);
        machine.State.Efer |= SystemCalls;
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c =>
        {
            c.mov(AssemblerRegisters.rcx, NotCanonical);
            c.sysretq();
        }));
        Assert.Equal(level, machine.State.Cpl);
    }

    [Theory]
    [InlineData("x86-64-v2", X86Exception.GeneralProtection)]
    [InlineData("epyc-milan", X86Exception.InvalidOpcode)]
    public void InLongModeAmdHasNoSysenter(string model, X86Exception expected)
    {
        using var machine = new FloatMachine(64, model);
        Assert.Equal(expected, machine.Run(c => c.sysenter()));
    }

    /// <summary>SYSCALL, then UD2 at 2, 10h and 20h.</summary>
    private static ReadOnlySpan<byte> PadBytes => [0x0F, 0x05, 0x0F, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0F, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0F, 0x0B];

    private static void Pad(Assembler c)
    {
        foreach (byte value in PadBytes)
            c.db(value);
    }
}
