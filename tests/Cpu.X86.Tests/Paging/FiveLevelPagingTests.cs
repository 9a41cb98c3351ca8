using Dominion.Cpu.X86.Tests.Interpreter.Float;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Paging;

/// <summary>5-level paging (SDM volume 3A, 4.5).</summary>
public sealed unsafe class FiveLevelPagingTests
{
    private const ulong LinearAddress57 = 1 << 12;

    /// <summary>Behind the three tables of the machine.</summary>
    private const ulong TopTable = 0x4000;

    /// <summary>Bit 48 set, and where <see cref="FloatMachine.Data"/> is else.</summary>
    private const ulong High = (1UL << 48) + FloatMachine.Data;

    [Fact]
    public void TheFifthLevelTranslatesBits48To56()
    {
        using FloatMachine machine = Start();
        *machine.Memory = 0x5A;
        X86Exception end = machine.Run(c =>
        {
            c.mov(rbx, High);
            c.movzx(eax, __byte_ptr[rbx]);
        });
        Assert.Equal(X86Exception.InvalidOpcode, end);
        Assert.Equal(0x5AUL, machine.State.Gpr[(int)X86Register.Rax]);
        Assert.Equal(0x20UL, machine.Paging[1537] & 0x20);
    }

    [Theory]
    [InlineData(0x0080_0000_0000_0000UL, X86Exception.PageFault)]
    [InlineData(0xFF00_0000_0000_0000UL, X86Exception.PageFault)]
    [InlineData(0x0100_0000_0000_0000UL, X86Exception.GeneralProtection)]
    [InlineData(0xFE00_0000_0000_0000UL, X86Exception.GeneralProtection)]
    public void CanonicalAddressesHave57Bits(ulong linear, X86Exception expected)
    {
        using FloatMachine machine = Start();
        Assert.Equal(expected, machine.Run(c =>
        {
            c.mov(rbx, linear);
            c.mov(al, __[rbx]);
        }));
    }

    [Fact]
    public void WithFourLevelsTheSameAddressIsNotCanonical()
    {
        using var machine = new FloatMachine(64, "la57");
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c =>
        {
            c.mov(rbx, High);
            c.mov(al, __[rbx]);
        }));
    }

    [Fact]
    public void TheTopTableHasNoLargePages()
    {
        using FloatMachine machine = Start();
        machine.Paging[1537] |= 0x80;
        Assert.Equal(X86Exception.PageFault, machine.Run(c =>
        {
            c.mov(rbx, High);
            c.mov(al, __[rbx]);
        }));
        Assert.Equal(9u, machine.Event.ErrorCode);
    }

    [Fact]
    public void Cr4CannotChangeItInLongMode()
    {
        using FloatMachine machine = Start();
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c =>
        {
            c.mov(rax, cr4);
            c.btr(rax, 12);
            c.mov(cr4, rax);
        }));
    }

    private static FloatMachine Start()
    {
        var machine = new FloatMachine(64, "la57");
        machine.Paging[1536] = 0x1007;
        machine.Paging[1537] = 0x1007;
        machine.State.Cr3 = TopTable;
        machine.State.Cr4 |= LinearAddress57;
        return machine;
    }
}
