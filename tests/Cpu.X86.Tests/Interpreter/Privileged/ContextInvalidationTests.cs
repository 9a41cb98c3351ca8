using Dominion.Cpu.X86.Tests.Interpreter.Float;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Interpreter.Privileged;

/// <summary>INVPCID (SDM volume 2).</summary>
public sealed unsafe class ContextInvalidationTests
{
    /// <summary>The entry of the second large page, in the third table.</summary>
    private const int Entry = 1025;

    private const ulong Mapped = 0x87;

    private const int Page = 0x20_0000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TranslationsGo(int type)
    {
        using var machine = new FloatMachine(64, "invpcid");
        machine.Paging[Entry] = Mapped;
        *(ulong*)machine.Memory = 0;
        *(ulong*)(machine.Memory + 8) = Page;
        ulong entry = 0x1000 + (Entry * 8);
        X86Exception end = machine.Run(c =>
        {
            c.mov(al, __[Page]);
            c.mov(__qword_ptr[(long)entry], 0);
            c.mov(eax, type);
            c.invpcid(rax, __[rdi]);
            c.mov(al, __[Page]);
        });
        Assert.Equal(X86Exception.PageFault, end);
    }

    [Theory]
    [InlineData(4, 0UL, 0UL, X86Exception.GeneralProtection)]
    [InlineData(1, 0x1000UL, 0UL, X86Exception.GeneralProtection)]
    [InlineData(1, 1UL, 0UL, X86Exception.GeneralProtection)]
    [InlineData(2, 1UL, 0UL, X86Exception.InvalidOpcode)]
    [InlineData(0, 0UL, 0x8000_0000_0000UL, X86Exception.GeneralProtection)]
    [InlineData(3, 0UL, 0x8000_0000_0000UL, X86Exception.InvalidOpcode)]
    public void DescriptorsAreChecked(int type, ulong pcid, ulong linear, X86Exception expected)
    {
        using var machine = new FloatMachine(64, "invpcid");
        *(ulong*)machine.Memory = pcid;
        *(ulong*)(machine.Memory + 8) = linear;
        Assert.Equal(expected, machine.Run(c =>
        {
            c.mov(eax, type);
            c.invpcid(rax, __[rdi]);
        }));
    }

    [Fact]
    public void OnlyTheSystemMay()
    {
        using var machine = new FloatMachine(64, "invpcid");
        machine.SetPrivilege(3);
        Assert.Equal(X86Exception.GeneralProtection, machine.Run(c => c.invpcid(rax, __[rdi])));
    }
}
