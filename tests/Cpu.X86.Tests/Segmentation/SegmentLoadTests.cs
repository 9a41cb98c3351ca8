using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Segmentation;

/// <summary>Loads of segment registers and accesses through them (SDM volume 3A, chapter 5; volume 2, MOV).</summary>
public sealed class SegmentLoadTests
{
    private const byte Ok = 255;

    [Theory]
    [InlineData(0x93, 0, 0, Ok)]
    [InlineData(0x91, 0, 0, Ok)]
    [InlineData(0x9B, 0, 0, Ok)]
    [InlineData(0x99, 0, 0, (byte)X86Exception.GeneralProtection)]
    [InlineData(0x82, 0, 0, (byte)X86Exception.GeneralProtection)]
    [InlineData(0x13, 0, 0, (byte)X86Exception.SegmentNotPresent)]
    [InlineData(0x93, 0, 3, (byte)X86Exception.GeneralProtection)]
    [InlineData(0x93, 3, 0, (byte)X86Exception.GeneralProtection)]
    [InlineData(0xF3, 3, 3, Ok)]
    [InlineData(0x9F, 3, 3, Ok)]
    [InlineData(0xF3, 3, 0, Ok)]
    public void DataSegmentsAreChecked(byte access, int level, int rpl, byte expected)
    {
        using var machine = new SystemMachine(32);
        machine.SetLevel(level);
        machine.SetDescriptor(SystemMachine.Own, SystemMachine.Segment(access, 12));
        machine.State.Gpr[(int)X86Register.Rax] = (ulong)(SystemMachine.Own | rpl);
        machine.Assemble(c =>
        {
            c.mov(es, eax);
            c.ud2();
        });
        X86Event fault = machine.Catch();
        Assert.Equal(expected == Ok ? (byte)X86Exception.InvalidOpcode : expected, fault.Vector);
        if (expected != Ok)
            Assert.Equal((uint)SystemMachine.Own, fault.ErrorCode);
    }

    [Theory]
    [InlineData(0x93, 0, 0, Ok)]
    [InlineData(0x91, 0, 0, (byte)X86Exception.GeneralProtection)]
    [InlineData(0x9B, 0, 0, (byte)X86Exception.GeneralProtection)]
    [InlineData(0x13, 0, 0, (byte)X86Exception.StackFault)]
    [InlineData(0x93, 0, 1, (byte)X86Exception.GeneralProtection)]
    [InlineData(0xF3, 0, 0, (byte)X86Exception.GeneralProtection)]
    [InlineData(0xF3, 3, 3, Ok)]
    public void StackSegmentsAreChecked(byte access, int level, int rpl, byte expected)
    {
        using var machine = new SystemMachine(32);
        machine.SetLevel(level);
        machine.SetDescriptor(SystemMachine.Own, SystemMachine.Segment(access, 12));
        machine.State.Gpr[(int)X86Register.Rax] = (ulong)(SystemMachine.Own | rpl);
        machine.Assemble(c =>
        {
            c.mov(ss, eax);
            c.ud2();
        });
        Assert.Equal(expected == Ok ? (byte)X86Exception.InvalidOpcode : expected, machine.Catch().Vector);
    }

    [Fact]
    public void ALoadSetsTheAccessedFlag()
    {
        using var machine = new SystemMachine(32);
        machine.SetDescriptor(SystemMachine.Own, SystemMachine.Segment(0x92, 12));
        machine.State.Gpr[(int)X86Register.Rax] = SystemMachine.Own;
        machine.Assemble(c => c.mov(gs, eax));
        machine.Run();
        Assert.Equal(0x93, machine.Read<byte>(SystemMachine.Gdt + SystemMachine.Own + 5));
    }

    [Fact]
    public void ASelectorBeyondTheTableIsNamed()
    {
        using var machine = new SystemMachine(32);
        machine.State.Gdtr.Limit = SystemMachine.Own + 6;
        machine.State.Gpr[(int)X86Register.Rax] = SystemMachine.Own;
        machine.Assemble(c => c.mov(ds, eax));
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal((uint)SystemMachine.Own, fault.ErrorCode);
    }

    [Theory]
    [InlineData(0x93, 4, 0xFFF, 0xFFC, true)]
    [InlineData(0x93, 4, 0xFFF, 0xFFD, false)]
    [InlineData(0x97, 4, 0xFFF, 0x1000, true)]
    [InlineData(0x97, 4, 0xFFF, 0xFFF, false)]
    [InlineData(0x97, 0, 0xFFF, 0xFFFC, true)]
    [InlineData(0x97, 0, 0xFFF, 0xFFFD, false)]
    [InlineData(0x93, 12, 0, 0xFFC, true)]
    [InlineData(0x93, 12, 0, 0xFFD, false)]
    public void LimitsAreKept(byte access, int flags, uint limit, uint offset, bool inside)
    {
        using var machine = new SystemMachine(32);
        machine.SetDescriptor(SystemMachine.Own, SystemMachine.Segment(access, flags, 0x2_0000, limit));
        machine.State.Gpr[(int)X86Register.Rax] = SystemMachine.Own;
        machine.State.Gpr[(int)X86Register.Rbx] = offset;
        machine.Assemble(c =>
        {
            c.mov(es, eax);
            c.mov(__dword_ptr.es[ebx], eax);
            c.ud2();
        });
        X86Event fault = machine.Catch();
        Assert.Equal(inside ? (byte)X86Exception.InvalidOpcode : (byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(0u, fault.ErrorCode);
    }

    [Fact]
    public void ANullSegmentLoadsButCannotBeUsed()
    {
        using var machine = new SystemMachine(32);
        machine.State.Gpr[(int)X86Register.Rax] = 3;
        ulong use = machine.Assemble(c => c.mov(es, eax));
        machine.Assemble(c => c.mov(ecx, __dword_ptr.es[0x1000]), use);
        X86Event fault = machine.Catch();
        Assert.Equal((byte)X86Exception.GeneralProtection, fault.Vector);
        Assert.Equal(0u, fault.ErrorCode);
        Assert.Equal(use, machine.Rip);
    }

    [Theory]
    [InlineData(64, 0, true)]
    [InlineData(64, 1, false)]
    [InlineData(32, 0, false)]
    public void ANullSsIsFor64BitCodeBelowLevel3(int bits, ushort selector, bool loads)
    {
        using var machine = new SystemMachine(bits);
        machine.State.Gpr[(int)X86Register.Rax] = selector;
        machine.Assemble(c =>
        {
            c.mov(ss, eax);
            c.ud2();
        });
        Assert.Equal(loads ? (byte)X86Exception.InvalidOpcode : (byte)X86Exception.GeneralProtection, machine.Catch().Vector);
    }

    [Fact]
    public void RealModeKeepsLimitsThatProtectedModeLoaded()
    {
        using var machine = new SystemMachine(16);
        machine.State.Segments[(int)X86SegmentRegister.Es].Limit = uint.MaxValue;
        machine.State.Gpr[(int)X86Register.Rax] = 0x2000;
        machine.State.Gpr[(int)X86Register.Rbx] = 0x2_0000;
        machine.Assemble(c =>
        {
            c.mov(es, ax);
            c.mov(__dword_ptr.es[ebx], 0x77);
        });
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(0x77u, machine.Read<uint>(0x4_0000));
    }
}
