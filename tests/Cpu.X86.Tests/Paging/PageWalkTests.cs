using Dominion.Cpu.X86.Tests.Modes;
using Dominion.Memory;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Paging;

/// <summary>Translation, rights, reserved bits, error codes, accessed and dirty flags in every paging mode (SDM volume 3A, chapter 4).</summary>
public sealed class PageWalkTests
{
    [Theory]
    [InlineData(PagingMode.Bits32)]
    [InlineData(PagingMode.Pae)]
    [InlineData(PagingMode.FourLevel)]
    public void AWalkEndsAsTheManualSays(PagingMode mode)
    {
        using var machine = new SystemMachine(32);
        int good = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var walk = new WalkCase(mode, seed);
            Load(machine, walk);
            X86TranslationResult result = machine.Core.Translate(
                WalkCase.Linear, new X86Access(walk.Kind, walk.IsUser), out ulong physical, out uint code);
            uint? expected = walk.ExpectedFault();
            Assert.True(expected.HasValue == (result == X86TranslationResult.PageFault), $"{result} {code:X}, expected {expected:X}: {walk}");
            if (expected.HasValue)
            {
                Assert.True(expected == code, $"{code:X}, expected {expected:X}: {walk}");
                continue;
            }

            good++;
            Assert.True(physical == walk.ExpectedPhysical(), $"{physical:X}: {walk}");
            foreach (WalkEntry entry in walk.Entries)
            {
                ulong found = mode == PagingMode.Bits32 ? machine.Read<uint>(entry.Address) : machine.Read<ulong>(entry.Address);
                Assert.True(found == walk.After(entry), $"{found:X} at {entry.Shift}: {walk}");
            }
        }

        Assert.InRange(good, 1_000, 19_000);
    }

    [Fact]
    public void ALargePageOf32BitPagingReaches40Bits()
    {
        using var machine = new SystemMachine(32);
        machine.Write(SystemMachine.Tables + 4, 0x0000_0083u | (0xABu << 13) | (3u << 22));
        machine.State.Cr3 = SystemMachine.Tables;
        machine.State.Cr4 = 0x10;
        machine.State.Cr0 |= 1UL << 31;
        machine.Core.StateChanged();
        Assert.Equal(X86TranslationResult.Ok, machine.Core.Translate(0x40_1234, new X86Access(MemoryAccess.Read, false), out ulong physical, out _));
        Assert.Equal(0xAB_00C0_1234UL, physical);
    }

    [Fact]
    public void AnImplicitAccessIsNotExemptFromSmap()
    {
        using var machine = new SystemMachine(64);
        machine.State.Cr4 |= 1 << 21;
        machine.State.Rflags |= 1 << 18;
        machine.Core.StateChanged();
        var access = new X86Access(MemoryAccess.Read, false);
        Assert.Equal(X86TranslationResult.Ok, machine.Core.Translate(0x1000, access, out _, out _));
        Assert.Equal(X86TranslationResult.PageFault, machine.Core.Translate(0x1000, access with { IsImplicit = true }, out _, out uint code));
        Assert.Equal(1u, code);
    }

    [Fact]
    public void InvlpgDropsEveryPieceOfALargePage()
    {
        using var machine = new SystemMachine(64);
        machine.Write(0x40_0000, 1u);
        machine.Write(0x40_3000, 1u);
        machine.Write(0x60_0000, 2u);
        machine.Write(0x60_3000, 2u);
        machine.Assemble(c =>
        {
            c.mov(eax, __dword_ptr[0x40_0000]);
            c.mov(eax, __dword_ptr[0x40_3000]);
            c.mov(rdx, 0x60_0087L);
            c.mov(__qword_ptr[SystemMachine.Tables + 0x2010], rdx);
            c.invlpg(__byte_ptr[0x41_0000]);
            c.mov(eax, __dword_ptr[0x40_0000]);
            c.mov(ecx, __dword_ptr[0x40_3000]);
        });
        machine.Run();
        Assert.Equal(2UL, machine.State.Gpr[(int)X86Register.Rax]);
        Assert.Equal(2UL, machine.State.Gpr[(int)X86Register.Rcx]);
    }

    [Fact]
    public void CodeOfARemappedPageIsFetchedAnew()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(
            c =>
            {
                c.mov(eax, 1);
                c.ret();
            },
            0x40_0000);
        machine.Assemble(
            c =>
            {
                c.mov(eax, 2);
                c.ret();
            },
            0x60_0000);
        machine.Assemble(c =>
        {
            c.call(0x40_0000);
            c.mov(ebx, eax);
            c.mov(rdx, 0x60_0087L);
            c.mov(__qword_ptr[SystemMachine.Tables + 0x2010], rdx);
            c.mov(rdx, cr3);
            c.mov(cr3, rdx);
            c.call(0x40_0000);
        });
        machine.Run();
        Assert.Equal(1UL, machine.State.Gpr[(int)X86Register.Rbx]);
        Assert.Equal(2UL, machine.State.Gpr[(int)X86Register.Rax]);
    }

    [Fact]
    public void MovToCr3LoadsAndChecksThePaePointers()
    {
        using var machine = new SystemMachine(32);
        machine.Write(0x10_0000, 0x10_1001UL);
        machine.Write(0x10_1000, 0x83UL);
        machine.Write(0x11_0000, 0x10_1003UL);
        machine.State.Cr4 = 0x20;
        machine.State.Gpr[(int)X86Register.Rcx] = 0x8000_0031;
        machine.Assemble(c =>
        {
            c.mov(eax, 0x10_0000);
            c.mov(cr3, eax);
            c.mov(cr0, ecx);
            c.mov(eax, 0x11_0000);
            c.mov(cr3, eax);
        });
        machine.RunToHandler(13);
        Assert.Equal(0x10_0000UL, machine.State.Cr3);
        Assert.Equal(0x10_1001UL, machine.State.Pdpte[0]);
        Assert.Equal(0UL, machine.Pushed(0, 4));
    }

    private static void Load(SystemMachine machine, WalkCase walk)
    {
        ref X86State state = ref machine.State;
        foreach (WalkEntry entry in walk.Entries)
        {
            if (walk.Mode == PagingMode.Bits32)
                machine.Write(entry.Address, (uint)entry.Value);
            else
                machine.Write(entry.Address, entry.Value);
        }

        state.Cr3 = WalkCase.Root;
        state.Cr0 = 0x8000_0031 | (walk.WriteProtect ? 1UL << 16 : 0);
        state.Cr4 = (walk.PageSizeExtensions ? 0x10UL : 0) | (walk.Mode != PagingMode.Bits32 ? 0x20UL : 0)
            | (walk.Smep ? 1UL << 20 : 0) | (walk.Smap ? 1UL << 21 : 0);
        state.Efer = (walk.NoExecuteEnabled ? 1UL << 11 : 0) | (walk.Mode == PagingMode.FourLevel ? 0x500UL : 0);
        state.Pdpte[0] = WalkCase.Root | 1;
        state.Rflags = 2 | (walk.AlignmentCheck ? 1UL << 18 : 0);
        machine.Core.FlushTranslations(X86FlushScope.All, 0);
        machine.Core.StateChanged();
    }
}
