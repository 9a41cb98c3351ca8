using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Memory;

/// <summary>Locked operations of two cores at once lose nothing, wherever their operand lies (SDM volume 3A, 9.1.2).</summary>
public sealed class LockedAccessTests
{
    private const int Rounds = 20_000;

    [Theory]
    [InlineData(SystemMachine.Data)]
    [InlineData(SystemMachine.Data + 61)]
    [InlineData(SystemMachine.Data + 4093)]
    [InlineData(SystemMachine.Code + 0x800)]
    public void NoUpdateIsLost(ulong address)
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c =>
        {
            Label again = c.CreateLabel();
            c.mov(rdi, address);
            c.mov(ecx, Rounds);
            c.Label(ref again);
            c.@lock.add(__dword_ptr[rdi], 1);
            c.mov(eax, 1);
            c.@lock.xadd(__dword_ptr[rdi], eax);
            c.@lock.inc(__dword_ptr[rdi]);
            c.dec(ecx);
            c.jne(again);
        });
        X86Core second = machine.AddCore();
        second.State.Rip = machine.State.Rip;
        var thread = new Thread(() => second.Run(new X86RunLimits(10 * Rounds)));
        thread.Start();
        machine.Run(10 * Rounds);
        thread.Join();
        Assert.Equal((uint)(2 * 3 * Rounds), machine.Read<uint>(address));
    }
}
