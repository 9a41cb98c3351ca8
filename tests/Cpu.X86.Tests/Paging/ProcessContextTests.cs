using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Paging;

/// <summary>Process-context identifiers (SDM volume 3A, 4.10.1 and 4.10.4.1; volume 2, INVPCID). The page at <see cref="Page"/> is mapped by each context's own tables.</summary>
public sealed class ProcessContextTests
{
    private const ulong Page = 0x40_0000;
    private const ulong One = SystemMachine.Tables;
    private const ulong Two = SystemMachine.Tables + 0x10000;
    private const ulong Entry = 0x3000;
    private const ulong Keep = 1UL << 63;
    private const ulong Global = 1 << 8;

    [Fact]
    public void AContextSeesItsOwnTranslations()
    {
        using SystemMachine machine = Create(0);
        Assert.Equal([1UL, 2, 1, 2], Read(machine, One | 1, Two | 2, One | 1 | Keep, Two | 2 | Keep));
    }

    [Fact]
    public void TranslationsAreKeptWhereBit63AsksForIt()
    {
        using SystemMachine machine = Create(0);
        Assert.Equal([1UL, 2], Read(machine, One | 1, Two | 2));
        Map(machine, One, 3, 0);
        Assert.Equal([1UL], Read(machine, One | 1 | Keep));
        Assert.Equal([3UL], Read(machine, One | 1));
    }

    [Fact]
    public void AnotherContextsLoadLeavesThem()
    {
        using SystemMachine machine = Create(0);
        Assert.Equal([1UL], Read(machine, One | 1));
        Map(machine, One, 3, 0);
        Assert.Equal([2UL, 1], Read(machine, Two | 2, One | 1 | Keep));
    }

    [Fact]
    public void GlobalTranslationsServeEveryContextUntilTheirPageIsInvalidated()
    {
        using SystemMachine machine = Create(Global);
        machine.State.Cr4 |= 0x80;
        machine.Core.StateChanged();
        Assert.Equal([1UL, 2], Read(machine, One | 1, Two | 2));
        Map(machine, One, 3, Global);
        Map(machine, Two, 4, Global);
        machine.Assemble(c => c.invlpg(__byte_ptr[(int)Page]));
        Restart(machine);
        Assert.Equal([4UL, 3], Read(machine, Two | 2 | Keep, One | 1 | Keep));
    }

    [Theory]
    [InlineData(0, 1, 3)]
    [InlineData(1, 1, 3)]
    [InlineData(2, 0, 3)]
    [InlineData(3, 0, 3)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 2, 1)]
    public void InvpcidDropsWhatItsTypeSays(int type, int pcid, int expected)
    {
        using SystemMachine machine = Create(0);
        Assert.Equal([1UL, 2], Read(machine, One | 1, Two | 2));
        Map(machine, One, 3, 0);
        machine.Write(SystemMachine.Data, (ulong)(uint)pcid);
        machine.Write(SystemMachine.Data + 8, Page);
        machine.Assemble(c =>
        {
            c.mov(eax, type);
            c.invpcid(rax, __xmmword_ptr[(int)SystemMachine.Data]);
        });
        Restart(machine);
        Assert.Equal([(ulong)(uint)expected], Read(machine, One | 1 | Keep));
    }

    [Fact]
    public void TurningPcidOffDropsEveryContext()
    {
        using SystemMachine machine = Create(0);
        Assert.Equal([1UL, 2], Read(machine, One | 1, Two | 2));
        Map(machine, One, 3, 0);
        machine.Assemble(c =>
        {
            c.mov(rax, Two);
            c.mov(cr3, rax);
            c.mov(rax, cr4);
            c.btr(rax, 17);
            c.mov(cr4, rax);
            c.bts(rax, 17);
            c.mov(cr4, rax);
        });
        Restart(machine);
        Assert.Equal([3UL], Read(machine, One | 1 | Keep));
    }

    [Fact]
    public void MoreContextsThanAreKeptStillSeeTheirOwn()
    {
        using SystemMachine machine = Create(0);
        ulong[] contexts = [.. Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? One : Two) | (uint)(1 + (i % 20)) | (i >= 20 ? Keep : 0))];
        ulong[] expected = [.. contexts.Select((_, i) => (ulong)(1 + (i % 2)))];
        Assert.Equal(expected, Read(machine, contexts));
    }

    /// <summary>Loads CR3 with each value and reads the page.</summary>
    private static ulong[] Read(SystemMachine machine, params ulong[] contexts)
    {
        machine.Assemble(c =>
        {
            for (int i = 0; i < contexts.Length; i++)
            {
                c.mov(rax, contexts[i]);
                c.mov(cr3, rax);
                c.mov(rbx, __qword_ptr[(int)Page]);
                c.mov(__qword_ptr[(int)SystemMachine.Data + 0x100 + (8 * i)], rbx);
            }
        });
        Restart(machine);
        return [.. Enumerable.Range(0, contexts.Length).Select(i => machine.Read<ulong>(SystemMachine.Data + 0x100 + (ulong)(8 * i)))];
    }

    private static void Restart(SystemMachine machine)
    {
        machine.State.Rip = SystemMachine.Code;
        machine.State.Activity = X86Activity.Active;
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.True(machine.Rip > SystemMachine.Code + 4, $"halted at {machine.Rip:X}");
    }

    /// <summary>Maps the page to the frame that holds a number.</summary>
    private static void Map(SystemMachine machine, ulong tables, ulong number, ulong flags) =>
        machine.Write(tables + Entry, (0x50_0000 + (number << 12)) | 3 | flags);

    private static SystemMachine Create(ulong flags)
    {
        var machine = new SystemMachine(64, "invpcid");
        for (ulong number = 1; number < 5; number++)
            machine.Write(0x50_0000 + (number << 12), number);
        foreach ((ulong tables, ulong number) in new[] { (One, 1UL), (Two, 2UL) })
        {
            machine.Write(tables, (tables + 0x1000) | 7);
            machine.Write(tables + 0x1000, (tables + 0x2000) | 7);
            for (ulong i = 0; i < 4; i++)
                machine.Write(tables + 0x2000 + (i * 8), (i << 21) | 0x87 | Global);
            machine.Write(tables + 0x2000 + (8 * (Page >> 21)), (tables + Entry) | 7);
            Map(machine, tables, number, flags);
        }

        machine.State.Cr4 |= 1 << 17;
        machine.Core.FlushTranslations(X86FlushScope.All, 0);
        return machine;
    }
}
