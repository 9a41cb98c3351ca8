using System.Buffers.Binary;
using Iced.Intel;
using static Dominion.Guests.Rules.RuleField;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <summary>Page faults and accessed and dirty flags under every combination of rights and control bits, in each paging mode (SDM volume 3A, chapter 4).</summary>
internal sealed class PagingRules : RuleGuest
{
    private const string Rights = "SDM 3A 4.6, 4.7, 4.8";
    private const uint ReservedHigh = 0x0008_0000;
    private const uint KeyHigh = 1 << 27;

    /// <inheritdoc/>
    public override string Name => "rules-paging";

    /// <inheritdoc/>
    protected override void WriteCases(RuleKernel k)
    {
        PagingCombination[] narrow = [.. Combinations(wide: false)];
        PagingCombination[] wide = [.. Combinations(wide: true)];
        PagingCombination[] keys = [.. KeyCombinations()];
        k.Case($"32-bit paging, {narrow.Length} combinations", Rights, r =>
        {
            k.WriteTables(r);
            Start32(r, k, 0x610, k.Directory32);
            WriteSweep(r, k, narrow, 32, wide: false, 0x610);
        }, (Result, (uint)narrow.Length), (Second, 0));
        k.Case($"PAE paging, {wide.Length} combinations", Rights, r =>
        {
            k.WriteTables(r);
            Start32(r, k, 0x630, k.PaePointers);
            WriteSweep(r, k, wide, 32, wide: true, 0x630);
        }, (Result, (uint)wide.Length), (Second, 0));
        k.LongCase($"4-level paging, {wide.Length} combinations", Rights, r => WriteSweep(r, k, wide, 64, wide: true, 0x620), (Result, (uint)wide.Length), (Second, 0));
        k.LongCase($"protection keys, {keys.Length} combinations", "SDM 3A 4.6.2, 4.7", r =>
        {
            Label there = r.C.CreateLabel();
            r.C.mov(eax, 7);
            r.C.xor(ecx, ecx);
            r.C.cpuid();
            r.C.test(ecx, 8);
            r.C.jne(there);
            r.Set(Result, (uint)keys.Length);
            r.C.jmp(r.Mark);
            r.C.Label(ref there);
            r.C.nop();
            WriteSweep(r, k, keys, 64, wide: true, 0x620);
        }, (Result, (uint)keys.Length), (Second, 0));
        WriteStructure(k);
    }

    private static void Start32(RuleCode r, RuleKernel k, int extensions, uint table)
    {
        r.C.mov(eax, extensions);
        r.C.mov(cr4, eax);
        r.C.mov(eax, table);
        r.C.mov(cr3, eax);
        r.C.mov(eax, 0x8001_0011);
        r.C.mov(cr0, eax);
    }

    private static IEnumerable<PagingCombination> Combinations(bool wide)
    {
        foreach (int bits in Enumerable.Range(0, 1 << 13))
        {
            bool Bit(int number) => ((bits >> number) & 1) != 0;
            PagingCombination c = new()
            {
                Present = Bit(0), Writable = Bit(1), User = Bit(2), UpperWritable = Bit(3), UpperUser = Bit(4), WriteProtect = Bit(5), UserMode = Bit(6),
                Smep = Bit(7), Smap = Bit(8), AlignmentFlag = Bit(9), NoExecute = Bit(10), NoExecuteEnabled = Bit(11), UpperNoExecute = Bit(12),
            };

            // Bits that cannot matter are not swept: AC without SMAP, and SMAP, SMEP and WP in user mode beyond one setting.
            if ((!c.Smap && c.AlignmentFlag) || (c.UserMode && c.Smap) || (c.UserMode && c.WriteProtect))
                continue;
            if (!wide && (c.NoExecute || c.UpperNoExecute))
                continue;
            for (int kind = 0; kind < 3; kind++)
            {
                yield return c with { Kind = kind };
                if (wide && c is { Smap: false, NoExecute: false, UpperNoExecute: false })
                {
                    yield return c with { Kind = kind, Reserved = true };
                    yield return c with { Kind = kind, UpperReserved = true };
                }
            }
        }
    }

    private static IEnumerable<PagingCombination> KeyCombinations()
    {
        foreach (int bits in Enumerable.Range(0, 1 << 6))
        {
            bool Bit(int number) => ((bits >> number) & 1) != 0;
            for (int kind = 0; kind < 3; kind++)
            {
                yield return new PagingCombination
                {
                    Present = true, Writable = Bit(0), User = Bit(1), UpperWritable = true, UpperUser = true, WriteProtect = Bit(2), UserMode = Bit(3),
                    AccessDisabled = Bit(4), WriteDisabled = Bit(5), Keys = true, NoExecuteEnabled = true, Kind = kind,
                };
            }
        }
    }

    /// <summary>Goes through a table of combinations: Result counts those that came out as expected up to the first that did not; Second is 1 then, Third its code in the table and Fourth what was found.</summary>
    private static void WriteSweep(RuleCode r, RuleKernel k, PagingCombination[] combinations, int bits, bool wide, int extensions)
    {
        byte[] bytes = new byte[combinations.Length * 8];
        for (int i = 0; i < combinations.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 8), combinations[i].Encode());
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((i * 8) + 4), combinations[i].Expect(wide));
        }

        Assembler c = r.C;
        uint table = k.Image.Data(bytes);
        uint cursor = k.Image.Zeroes(4);
        uint saved = k.Image.Zeroes(4);
        uint supported = k.Image.Zeroes(4);
        Label next = c.CreateLabel();
        Label after = c.CreateLabel();
        Label user = c.CreateLabel();
        Label found = c.CreateLabel();
        Label wrong = c.CreateLabel();
        Label passed = c.CreateLabel();
        Label done = c.CreateLabel();
        Label go = c.CreateLabel();
        uint entry = wide ? k.Directory + 8 : k.Directory32 + (4 * 0x101);

        // SMEP and SMAP where the processor has them (CPUID.7:EBX[7], [20]).
        c.mov(eax, 7);
        c.xor(ecx, ecx);
        c.cpuid();
        c.mov(__dword_ptr[supported], ebx);
        c.mov(__dword_ptr[cursor], table);
        uint resume = bits == 64 ? k.LongResume : k.Resume;
        c.mov(eax, __dword_ptr[resume]);
        c.mov(__dword_ptr[saved], eax);
        c.mov(eax, __dword_ptr[k.Image.PointerTo(() => after)]);
        c.mov(__dword_ptr[resume], eax);

        c.Label(ref next);
        c.mov(esi, __dword_ptr[cursor]);
        c.cmp(esi, table + (uint)bytes.Length);
        c.je(done);
        c.mov(ebx, __dword_ptr[esi]);
        SkipWithout(c, supported, PagingCombination.SmepBit, 7, passed);
        SkipWithout(c, supported, PagingCombination.SmapBit, 20, passed);

        // The last entry, and the one above.
        c.mov(eax, ebx);
        c.and(eax, 7);
        c.or(eax, k.TestFrame);
        c.mov(__dword_ptr[k.Table], eax);
        c.mov(eax, ebx);
        c.shr(eax, PagingCombination.UpperWritableBit - 1);
        c.and(eax, 6);
        c.or(eax, k.Table + 1);
        c.mov(__dword_ptr[entry], eax);
        if (wide)
        {
            High(c, PagingCombination.NoExecuteBit, PagingCombination.ReservedBit);
            c.bt(ebx, PagingCombination.KeysBit);
            Label noKey = c.CreateLabel();
            c.jae(noKey);
            c.or(eax, KeyHigh);
            c.Label(ref noKey);
            c.mov(__dword_ptr[k.Table + 4], eax);
            High(c, PagingCombination.UpperNoExecuteBit, PagingCombination.UpperReservedBit);
            c.mov(__dword_ptr[entry + 4], eax);
        }

        // EFER.NXE, CR4, CR0.
        c.mov(ecx, 0xC000_0080);
        c.rdmsr();
        c.and(eax, ~0x800);
        Choose(c, PagingCombination.NoExecuteEnabledBit, 0x800);
        c.wrmsr();
        c.mov(eax, extensions);
        Choose(c, PagingCombination.SmepBit, 1 << 20);
        Choose(c, PagingCombination.SmapBit, 1 << 21);
        if (bits == 64)
            Choose(c, PagingCombination.KeysBit, 1 << 22);
        MoveTo(c, bits, 4);
        MoveFrom(c, bits, 0);
        c.and(eax, ~0x1_0000);
        Choose(c, PagingCombination.WriteProtectBit, 0x1_0000);
        MoveTo(c, bits, 0);
        MoveFrom(c, bits, 3);
        MoveTo(c, bits, 3);
        if (bits == 64)
        {
            Label noKeys = c.CreateLabel();
            c.bt(ebx, PagingCombination.KeysBit);
            c.jae(noKeys);
            c.mov(eax, ebx);
            c.shr(eax, PagingCombination.AccessDisabledBit - 2);
            c.and(eax, 12);
            c.xor(ecx, ecx);
            c.xor(edx, edx);
            c.wrpkru();
            c.Label(ref noKeys);
            c.nop();
        }

        // The access: its code in EDX, the page in EDI.
        c.mov(edi, RuleKernel.TestPage);
        if (!wide)
            c.mov(edi, 0x4040_0000);
        c.mov(edx, ebx);
        c.shr(edx, PagingCombination.KindShift);
        c.shl(edx, 4);
        c.mov(__dword_ptr[k.Of(Vector)], -1);
        c.bt(ebx, PagingCombination.UserModeBit);
        c.jb(user);
        c.add(edx, k.UserFrame);
        c.mov(eax, 2);
        Choose(c, PagingCombination.AlignmentFlagBit, 0x4_0000);
        Push(c, bits);
        if (bits == 64)
            c.popfq();
        else
            c.popfd();
        c.jmp(go);
        c.Label(ref user);
        c.add(edx, RuleKernel.UserCode);
        if (bits == 64)
        {
            c.push(Data64User);
            c.push(0x1000);
            c.push(2);
            c.push(Code64User);
            c.push(rdx);
            c.iretq();
        }
        else
        {
            c.mov(eax, Data3);
            c.mov(ds, ax);
            c.push(Data3);
            c.push(0x1000);
            c.push(2);
            c.push(Code3);
            c.push(edx);
            c.iretd();
        }

        c.Label(ref go);
        if (bits == 64)
            c.jmp(rdx);
        else
            c.jmp(edx);

        c.Label(ref after);
        c.mov(eax, Data0);
        c.mov(ds, ax);
        c.mov(eax, __dword_ptr[k.Of(Error)]);
        c.cmp(__dword_ptr[k.Of(Vector)], 14);
        c.je(found);
        c.mov(eax, __dword_ptr[k.Table]);
        c.and(eax, 0x60);
        c.or(eax, PagingCombination.Allowed);
        c.cmp(__dword_ptr[k.Of(Vector)], 0x80);
        c.jne(wrong);
        c.Label(ref found);
        c.mov(esi, __dword_ptr[cursor]);
        c.cmp(eax, __dword_ptr[esi + 4]);
        c.jne(wrong);

        // A refused access sets no dirty flag, and CR2 has its address.
        c.test(eax, eax);
        c.js(passed);
        c.test(__dword_ptr[k.Table], 0x40);
        c.jne(wrong);
        c.mov(eax, __dword_ptr[k.Of(Cr2)]);
        c.sub(eax, wide ? RuleKernel.TestPage : 0x4040_0000);
        c.and(eax, ~8);
        c.jne(wrong);
        c.Label(ref passed);
        c.inc(__dword_ptr[k.Of(Result)]);
        c.add(__dword_ptr[cursor], 8);
        c.jmp(next);
        c.Label(ref wrong);
        c.mov(__dword_ptr[k.Of(Fourth)], eax);
        c.mov(esi, __dword_ptr[cursor]);
        c.mov(eax, __dword_ptr[esi]);
        c.mov(__dword_ptr[k.Of(Third)], eax);
        c.mov(__dword_ptr[k.Of(Second)], 1);
        c.Label(ref done);
        c.mov(eax, __dword_ptr[saved]);
        c.mov(__dword_ptr[resume], eax);
        c.mov(__dword_ptr[k.Of(Vector)], -1);
    }

    private static void SkipWithout(Assembler c, uint supported, int combinationBit, int feature, Label skip)
    {
        Label fine = c.CreateLabel();
        c.bt(ebx, (sbyte)combinationBit);
        c.jae(fine);
        c.bt(__dword_ptr[supported], (sbyte)feature);
        c.jae(skip);
        c.Label(ref fine);
        c.nop();
    }

    /// <summary>The high half of an entry of eight bytes into EAX.</summary>
    private static void High(Assembler c, int noExecuteBit, int reservedBit)
    {
        c.xor(eax, eax);
        Choose(c, noExecuteBit, unchecked((int)0x8000_0000));
        Choose(c, reservedBit, (int)ReservedHigh);
    }

    /// <summary>Sets a bit of EAX if a bit of EBX is set.</summary>
    private static void Choose(Assembler c, int bit, int value)
    {
        Label no = c.CreateLabel();
        c.bt(ebx, (sbyte)bit);
        c.jae(no);
        c.or(eax, value);
        c.Label(ref no);
        c.nop();
    }

    private static void Push(Assembler c, int bits)
    {
        if (bits == 64)
            c.push(rax);
        else
            c.push(eax);
    }

    private static void MoveTo(Assembler c, int bits, int register)
    {
        AssemblerRegisterCR target = register switch { 0 => cr0, 3 => cr3, _ => cr4 };
        if (bits == 64)
            c.mov(target, rax);
        else
            c.mov(target, eax);
    }

    private static void MoveFrom(Assembler c, int bits, int register)
    {
        AssemblerRegisterCR source = register == 0 ? cr0 : cr3;
        if (bits == 64)
            c.mov(rax, source);
        else
            c.mov(eax, source);
    }

    /// <summary>What the sweep does not reach.</summary>
    private static void WriteStructure(RuleKernel k)
    {
        k.Fault("PAE: CR3 with a reserved bit in a pointer entry", "SDM 3A 4.4.1", 13, 0, r =>
        {
            k.WriteTables(r);
            Start32(r, k, 0x630, k.PaePointers);
            r.Store(k.PaePointers, k.Pages + 0x2000 + 3);
            r.C.mov(eax, cr3);
            r.Here();
            r.C.mov(cr3, eax);
        });
        k.Case("PAE: pointer entries are read with CR3 only", "SDM 3A 4.4.1", r =>
        {
            k.WriteTables(r);
            r.Store(k.Table, k.TestFrame + 3);
            Start32(r, k, 0x630, k.PaePointers);
            r.Store(k.PaePointers + 8, 0);
            r.C.invlpg(__byte_ptr[RuleKernel.TestPage]);
            r.C.mov(eax, __dword_ptr[RuleKernel.TestPage]);
        });
        k.Case("a large page of 32-bit paging sets A and D in its directory entry", "SDM 3A 4.3, 4.8", r =>
        {
            k.WriteTables(r);
            r.Store(k.Directory32 + (4 * 0x101), 0x83);
            Start32(r, k, 0x610, k.Directory32);
            r.C.mov(eax, __dword_ptr[0x4050_0000]);
            r.C.mov(ebx, __dword_ptr[k.Directory32 + (4 * 0x101)]);
            r.Set(Result, ebx);
            r.C.mov(__dword_ptr[0x4050_0000], eax);
            r.C.mov(ebx, __dword_ptr[k.Directory32 + (4 * 0x101)]);
            r.Set(Second, ebx);
        }, (Result, 0xA3), (Second, 0xE3));
        k.Fault("a large page of 32-bit paging with bit 21 set", "SDM 3A 4.3", 14, 9, r =>
        {
            k.WriteTables(r);
            r.Store(k.Directory32 + (4 * 0x101), 0x0020_0083);
            Start32(r, k, 0x610, k.Directory32);
            r.Here();
            r.C.mov(eax, __dword_ptr[0x4050_0000]);
        }, (Cr2, 0x4050_0000));
        k.LongFault("a 2 MiB page with a reserved bit", "SDM 3A 4.5", 14, 9, r =>
        {
            r.Store(k.Directory + 8, 0x2083);
            r.Here();
            r.C.mov(eax, __dword_ptr[RuleKernel.TestPage]);
        }, (Cr2, RuleKernel.TestPage));
        k.LongFault("a pointer entry that is not there", "SDM 3A 4.7", 14, 2, r =>
        {
            r.C.mov(rax, 0x8000_0000);
            r.Here();
            r.C.mov(__dword_ptr[rax], ecx);
        }, (Cr2, 0x8000_0000));
        k.LongFault("PS in an entry of the top table", "SDM 3A 4.5", 14, 9, r =>
        {
            r.Store(k.Pages + 8, k.Pointers + 0x87);
            r.C.mov(rax, 0x80_0000_0000);
            r.Here();
            r.C.mov(eax, __dword_ptr[rax]);
        });
        k.LongCase("a write across two pages faults before it writes", "SDM 3A 4.7", r =>
        {
            r.Store(k.Table, k.TestFrame + 3);
            r.Store(k.TestFrame + 0xFFC, 0x1111_1111);
            r.Here();
            r.C.mov(__qword_ptr[RuleKernel.TestPage + 0xFFC], rax);
        }, (Vector, 14), (Error, 2), (Cr2, RuleKernel.TestPage + 0x1000));
        k.Case("and has written nothing", "SDM 3A 4.7", r =>
        {
            r.C.mov(eax, __dword_ptr[k.TestFrame + 0xFFC]);
            r.Set(Result, eax);
        }, (Result, 0x1111_1111));
        k.LongCase("a global translation outlives CR3, not INVLPG", "SDM 3A 4.10.2.4", r =>
        {
            r.C.mov(rax, cr4);
            r.C.or(eax, 0x80);
            r.C.mov(cr4, rax);
            r.Store(k.Table, k.TestFrame + 0x103);
            r.C.mov(eax, __dword_ptr[RuleKernel.TestPage]);
            r.Store(k.Table, 0);
            r.C.invlpg(__byte_ptr[RuleKernel.TestPage]);
            r.Here();
            r.C.mov(eax, __dword_ptr[RuleKernel.TestPage]);
        }, (Vector, 14), (Error, 0));
        k.LongCase("PCID: what INVPCID drops is walked anew", "SDM 3A 4.10.4.1", r =>
        {
            r.C.mov(rax, cr4);
            r.C.or(eax, 0x2_0000);
            r.C.mov(cr4, rax);
            r.Store(k.Table, k.TestFrame + 3);
            r.C.mov(eax, __dword_ptr[RuleKernel.TestPage]);
            r.Store(k.Table, 0);
            r.C.mov(rax, cr3);
            r.C.mov(cr3, rax);
            r.Here();
            r.C.mov(eax, __dword_ptr[RuleKernel.TestPage]);
        }, (Vector, 14), (Error, 0));
        k.LongFault("CR4.PCIDE with CR3[11:0] not zero", "SDM 3A 4.10.1", 13, 0, r =>
        {
            r.C.mov(rax, cr3);
            r.C.or(eax, 0x18);
            r.C.mov(cr3, rax);
            r.C.mov(rax, cr4);
            r.C.or(eax, 0x2_0000);
            r.Here();
            r.C.mov(cr4, rax);
        });
        WriteFiveLevels(k);
    }

    private static void WriteFiveLevels(RuleKernel k)
    {
        Five(k, "5-level paging translates", r =>
        {
            r.Store(k.Table, k.TestFrame + 3);
            r.Store(k.TestFrame + 0x40, 0x5757);
            r.C.mov(eax, __dword_ptr[RuleKernel.TestPage + 0x40]);
            r.Set(Result, eax);
        }, (Result, 0x5757));
        Five(k, "57-bit addresses are canonical", r =>
        {
            r.Set(Result, 0x5757);
            r.C.mov(rax, 0x00F0_0000_0000_0000);
            r.Here();
            r.C.mov(ecx, __dword_ptr[rax]);
        }, (Result, 0x5757), (Vector, 14), (Error, 0));
        Five(k, "58-bit addresses are not", r =>
        {
            r.Set(Result, 0x5757);
            r.C.mov(rax, 0x0100_0000_0000_0000);
            r.Here();
            r.C.mov(ecx, __dword_ptr[rax]);
        }, (Result, 0x5757), (Vector, 13), (Error, 0));
    }

    private static void Five(RuleKernel k, string name, Action<RuleCode> write, params (RuleField Field, uint Value)[] expected) =>
        k.LongCase(name, "SDM 3A 4.5", fiveLevels: true, write, expected);
}
