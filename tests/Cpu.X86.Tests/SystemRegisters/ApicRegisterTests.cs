using Dominion.Cpu.X86.Tests.Interpreter.Float;
using Moq;

namespace Dominion.Cpu.X86.Tests.SystemRegisters;

/// <summary>The local APIC's MSRs by what the model has (SDM volume 3A, 11.12.1 and 11.5.4.1).</summary>
public sealed class ApicRegisterTests
{
    private const ulong On = 0xFEE0_0900;
    private const ulong Extended = 1 << 10;

    [Theory]
    [InlineData("x2apic", true)]
    [InlineData("-x2apic", false)]
    public void X2ApicModeExistsWithItsFeature(string feature, bool exists)
    {
        using FloatMachine machine = Start(feature);
        Assert.True(machine.Core.Msrs.TryWrite(0x1B, On));
        Assert.Equal(exists, machine.Core.Msrs.TryWrite(0x1B, On | Extended));
        Assert.Equal(exists, machine.Core.Msrs.TryWrite(0x808, 0));
    }

    [Theory]
    [InlineData("tsc-deadline", true)]
    [InlineData("-tsc-deadline", false)]
    public void TheDeadlineExistsWithItsFeature(string feature, bool exists)
    {
        using FloatMachine machine = Start(feature);
        Assert.Equal(exists, machine.Core.Msrs.TryWrite(0x6E0, 1));
    }

    private static FloatMachine Start(string feature)
    {
        FloatMachine machine = new(64, feature);
        Mock<IX86LocalApic> apic = new();
        apic.Setup(a => a.TryWriteMsr(It.IsAny<uint>(), It.IsAny<ulong>())).Returns(true);
        machine.Core.LocalApic = apic.Object;
        return machine;
    }
}
