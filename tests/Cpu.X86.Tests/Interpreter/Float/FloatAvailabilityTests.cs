using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>Which instructions fault, and when: CR0.EM, CR0.TS, CR0.MP (SDM volume 3A, 2.5 and table 13-1) and pending exceptions (SDM volume 1, 8.7).</summary>
public sealed unsafe class FloatAvailabilityTests
{
    private const ulong MonitorCoprocessor = 2;
    private const ulong Emulation = 4;
    private const ulong TaskSwitched = 8;

    /// <summary>A divide by zero is pending and not masked.</summary>
    private const ushort PendingStatus = 0x8084;

    private static readonly Dictionary<string, Action<Assembler>> Programs = new()
    {
        ["fld1"] = c => c.fld1(),
        ["fadd"] = c => c.fadd(__dword_ptr[rdi]),
        ["fnop"] = c => c.fnop(),
        ["fldcw"] = c => c.fldcw(__word_ptr[rdi]),
        ["fninit"] = c => c.fninit(),
        ["fnclex"] = c => c.fnclex(),
        ["fnstsw"] = c => c.fnstsw(ax),
        ["fnstcw"] = c => c.fnstcw(__word_ptr[rdi]),
        ["fnsave"] = c => c.fnsave(__[rdi]),
        ["fnstenv"] = c => c.fnstenv(__[rdi]),
        ["wait"] = c => c.wait(),
        ["emms"] = c => c.emms(),
        ["fxsave"] = c => c.fxsave(__[rdi]),
        ["xsave"] = c => c.xsave(__[rdi]),
    };

    [Theory]
    [InlineData("fld1", TaskSwitched, X86Exception.DeviceNotAvailable)]
    [InlineData("fld1", Emulation, X86Exception.DeviceNotAvailable)]
    [InlineData("fnstsw", TaskSwitched, X86Exception.DeviceNotAvailable)]
    [InlineData("fninit", Emulation, X86Exception.DeviceNotAvailable)]
    [InlineData("wait", TaskSwitched, X86Exception.InvalidOpcode)]
    [InlineData("wait", MonitorCoprocessor, X86Exception.InvalidOpcode)]
    [InlineData("wait", Emulation, X86Exception.InvalidOpcode)]
    [InlineData("wait", MonitorCoprocessor | TaskSwitched, X86Exception.DeviceNotAvailable)]
    [InlineData("emms", TaskSwitched, X86Exception.DeviceNotAvailable)]
    [InlineData("fxsave", TaskSwitched, X86Exception.DeviceNotAvailable)]
    [InlineData("fxsave", Emulation, X86Exception.DeviceNotAvailable)]
    [InlineData("xsave", TaskSwitched, X86Exception.DeviceNotAvailable)]
    [InlineData("xsave", Emulation, X86Exception.InvalidOpcode)]
    public void ControlBitsRefuse(string program, ulong cr0, X86Exception expected)
    {
        using var machine = new FloatMachine();
        machine.State.Cr0 |= cr0;
        Assert.Equal(expected, machine.Run(Programs[program]));
    }

    [Fact]
    public void EmmsIsUndefinedUnderEmulation()
    {
        using var machine = new FloatMachine();
        machine.State.Cr0 |= Emulation;
        machine.Run(Programs["emms"]);
        Assert.Equal(FloatMachine.Code, machine.State.Rip);
    }

    [Theory]
    [InlineData("fld1", true)]
    [InlineData("fadd", true)]
    [InlineData("fnop", true)]
    [InlineData("fldcw", true)]
    [InlineData("wait", true)]
    [InlineData("emms", true)]
    [InlineData("fninit", false)]
    [InlineData("fnclex", false)]
    [InlineData("fnstsw", false)]
    [InlineData("fnstcw", false)]
    [InlineData("fnsave", false)]
    [InlineData("fnstenv", false)]
    [InlineData("fxsave", false)]
    public void OnlyWaitingInstructionsReportWhatIsPending(string program, bool waits)
    {
        using var machine = new FloatMachine();
        machine.State.FloatControl = 0x0340;
        machine.State.FloatStatus = PendingStatus;
        machine.State.FloatTag = 0;
        X86Exception exception = machine.Run(Programs[program]);
        Assert.Equal(waits ? X86Exception.FloatingPointError : X86Exception.InvalidOpcode, exception);
        Assert.Equal(waits, machine.State.Rip == FloatMachine.Code);
    }

    [Fact]
    public void AnUnmaskedExceptionIsDeferredToTheNextWaitingInstruction()
    {
        using var machine = new FloatMachine();
        machine.State.FloatControl = 0x037B;
        machine.State.FloatTag = 0xFFFF;
        X86Exception exception = machine.Run(c =>
        {
            c.fld1();
            c.fldz();
            c.fdivp(st1, st0);
            c.mov(eax, 1);
            c.fnstcw(__word_ptr[rdi]);
            c.fld1();
        });
        Assert.Equal(X86Exception.FloatingPointError, exception);
        Assert.Equal(1UL, machine.State.Gpr[(int)X86Register.Rax]);
        Assert.Equal(0x8084, machine.State.FloatStatus & 0x80BF);
        Assert.Equal(0x037B, *(ushort*)machine.Memory);
    }

    [Fact]
    public void AFaultingOperandLeavesTheUnitAsItWas()
    {
        using var machine = new FloatMachine();
        machine.State.FloatControl = 0x037F;
        machine.State.FloatStatus = 0;
        machine.State.FloatTag = 0x3FFF;
        Assert.Equal(X86Exception.PageFault, machine.Run(c => c.fstp(__tbyte_ptr[0x7FFF_0000])));
        Assert.Equal(0x3FFF, machine.State.FloatTag);
        Assert.Equal(0, machine.State.FloatStatus);
    }

    [Fact]
    public void LoopsAllocateNothing()
    {
        using var machine = new FloatMachine();
        machine.State.FloatControl = 0x037F;
        machine.State.FloatTag = 0xFFFF;
        byte[] code = Assemble();
        machine.Run(code);
        long before = GC.GetAllocatedBytesForCurrentThread();
        machine.Run(code);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 10_000, $"{allocated} bytes for 30000 instructions");
    }

    private static byte[] Assemble()
    {
        var c = new Assembler(64);
        Label again = c.CreateLabel();
        c.mov(eax, 5000);
        c.fninit();
        c.Label(ref again);
        c.fld1();
        c.fadd(__qword_ptr[rdi + 64]);
        c.fstp(__tbyte_ptr[rdi + 128]);
        c.dec(eax);
        c.jne(again);
        c.ud2();
        using var stream = new MemoryStream();
        c.Assemble(new StreamCodeWriter(stream), FloatMachine.Code);
        return stream.ToArray();
    }
}
