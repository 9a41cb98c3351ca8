using Dominion.Guests.Building;
using Dominion.Guests.Builtin;
using Iced.Intel;
using static Dominion.Guests.Smp.SmpKernel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Smp;

/// <summary>Four processors at once: locked operations, memory ordering, TLB shootdown, interprocessor interrupts, code that another processor writes.</summary>
internal sealed class SmpStress : BuiltinGuest
{
    private const int Rounds = 20_000;
    private const int FewRounds = 2_000;
    private const int Shootdowns = 500;
    private const string Locked = "SDM 3A 9.1.2";
    private const string Ordering = "SDM 3A 9.2.3";

    /// <inheritdoc/>
    public override string Name => "smp-stress";

    /// <inheritdoc/>
    protected override void Write(Assembler c, GuestImageBuilder image, PcRoutines pc)
    {
        SmpKernel k = new(image);
        WriteLocked(k);
        WriteExchanges(k);
        WriteOrdering(k);
        WriteShootdown(k);
        WriteInterrupts(k);
        WriteCode(k);
        k.WriteProgram(c);
    }

    /// <summary>Repeats code with ECX as the counter.</summary>
    private static void Repeat(Assembler c, int rounds, Action write)
    {
        Label again = c.CreateLabel();
        c.mov(ecx, rounds);
        c.Label(ref again);
        c.nop();
        write();
        c.dec(ecx);
        c.jne(again);
    }

    private static void WriteLocked(SmpKernel k)
    {
        uint pages = k.Image.Zeroes(0x3000, 4096);
        Increments(k, "one line", pages + 0x100);
        Increments(k, "two lines", pages + 0x23E);
        Increments(k, "two pages", pages + 0xFFE);

        // Linear neighbours that are no neighbours in memory.
        uint frames = k.Image.Zeroes(0x3000, 4096);
        k.Phase(
            "two pages that lie apart are mapped",
            c =>
            {
                c.mov(__dword_ptr[k.TestTable], frames + 0x2003);
                c.mov(__dword_ptr[k.TestTable + 8], frames + 3);
                c.invlpg(__byte_ptr[TestPages]);
                c.invlpg(__byte_ptr[TestPages + 0x1000]);
            });
        Increments(k, "two pages that lie apart", TestPages + 0xFFE);
        uint code = k.Image.Zeroes(4096, 4096);
        k.Phase(
            "a page with code",
            c =>
            {
                c.mov(__byte_ptr[code], unchecked((sbyte)0xC3));
                c.mov(esi, code);
                Repeat(c, FewRounds, () =>
                {
                    c.@lock.inc(__dword_ptr[code + 0x80]);
                    c.call(rsi);
                });
            },
            (code + 0x80, Processors * FewRounds, "count"));
        uint mixed = k.Line();
        k.Phase(
            $"CMPXCHG8B beside plain stores to its other half ({Locked})",
            c =>
            {
                Label plain = c.CreateLabel();
                Label done = c.CreateLabel();
                c.test(r15d, r15d);
                c.je(plain);
                Repeat(c, Rounds, () =>
                {
                    Label retry = c.CreateLabel();
                    c.push(rcx);
                    c.Label(ref retry);
                    c.mov(eax, __dword_ptr[mixed]);
                    c.mov(edx, __dword_ptr[mixed + 4]);
                    c.lea(ebx, __[rax + 1]);
                    c.mov(ecx, edx);
                    c.@lock.cmpxchg8b(__qword_ptr[mixed]);
                    c.jne(retry);
                    c.pop(rcx);
                });
                c.jmp(done);
                c.Label(ref plain);
                c.nop();
                Repeat(c, Rounds, () => c.inc(__dword_ptr[mixed + 4]));
                c.Label(ref done);
                c.nop();
            },
            (mixed, (Processors - 1) * Rounds, "low half"),
            (mixed + 4, Rounds, "high half"));
    }

    /// <summary>A counter of each kind of locked operation at one place.</summary>
    private static void Increments(SmpKernel k, string where, uint address)
    {
        int rounds = where.Contains("page", StringComparison.Ordinal) ? FewRounds : Rounds;
        k.Phase(
            $"ADD, INC, DEC, SUB, XADD, CMPXCHG in {where} ({Locked})",
            c => Repeat(c, rounds, () =>
            {
                Label retry = c.CreateLabel();
                c.mov(edi, address);
                c.@lock.add(__dword_ptr[rdi], 3);
                c.@lock.inc(__dword_ptr[rdi]);
                c.mov(eax, 5);
                c.@lock.xadd(__dword_ptr[rdi], eax);
                c.@lock.sub(__dword_ptr[rdi], 2);
                c.Label(ref retry);
                c.mov(eax, __dword_ptr[rdi]);
                c.lea(edx, __[rax + 1]);
                c.@lock.cmpxchg(__dword_ptr[rdi], edx);
                c.jne(retry);
                c.@lock.add(__dword_ptr[rdi], 1);
                c.@lock.dec(__dword_ptr[rdi]);
            }),
            (address, unchecked((uint)(Processors * rounds * 8)), "sum"));
    }

    private static void WriteExchanges(SmpKernel k)
    {
        foreach ((string name, bool bits) in new[] { ("XCHG", false), ("BTS and BTR", true) })
        {
            uint gate = k.Line();
            uint count = k.Line();
            k.Phase(
                $"a lock by {name} keeps a plain counter whole ({Locked})",
                c => Repeat(c, FewRounds, () =>
                {
                    Label spin = c.CreateLabel();
                    Label entered = c.CreateLabel();
                    Label wait = c.CreateLabel();
                    c.Label(ref spin);
                    if (bits)
                    {
                        c.@lock.bts(__dword_ptr[gate], 7);
                        c.jae(entered);
                    }
                    else
                    {
                        c.mov(eax, 1);
                        c.xchg(__dword_ptr[gate], eax);
                        c.test(eax, eax);
                        c.je(entered);
                    }

                    c.Label(ref wait);
                    c.pause();
                    c.cmp(__dword_ptr[gate], 0);
                    c.jne(wait);
                    c.jmp(spin);
                    c.Label(ref entered);
                    c.mov(eax, __dword_ptr[count]);
                    c.inc(eax);
                    c.mov(__dword_ptr[count], eax);
                    if (bits)
                        c.@lock.btr(__dword_ptr[gate], 7);
                    else
                        c.mov(__dword_ptr[gate], 0);
                }),
                (count, Processors * FewRounds, "count"));
        }

        uint wide = k.Line();
        k.Phase(
            "CMPXCHG16B counts in both halves (SDM 2A CMPXCHG16B)",
            c => Repeat(c, Rounds, () =>
            {
                Label retry = c.CreateLabel();
                c.push(rcx);
                c.Label(ref retry);
                c.mov(rax, __qword_ptr[wide]);
                c.mov(rdx, __qword_ptr[wide + 8]);
                c.lea(rbx, __[rax + 1]);
                c.lea(rcx, __[rdx + 3]);
                c.@lock.cmpxchg16b(__xmmword_ptr[wide]);
                c.jne(retry);
                c.pop(rcx);
            }),
            (wide, Processors * Rounds, "low half"),
            (wide + 8, 3 * Processors * Rounds, "high half"));
    }

    private static void WriteOrdering(SmpKernel k)
    {
        WriteMessages(k);
        StoreBuffering(k, "MFENCE", c => c.mfence());
        StoreBuffering(k, "a locked ADD", c => c.@lock.add(__dword_ptr[rsp], 0));
        StoreBuffering(k, "CPUID", c =>
        {
            c.push(rbx);
            c.xor(eax, eax);
            c.cpuid();
            c.pop(rbx);
        });
        WriteIndependentReads(k);
    }

    /// <summary>The first processor writes a number to one place, then to another; the others must not see the second without the first, nor a number before an older one.</summary>
    private static void WriteMessages(SmpKernel k)
    {
        uint x = k.Line();
        uint y = k.Line();
        uint bad = k.Line();
        k.Phase(
            $"stores are seen in order, loads are made in order ({Ordering}.2)",
            c =>
            {
                Label writer = c.CreateLabel();
                Label reader = c.CreateLabel();
                Label fine = c.CreateLabel();
                Label steady = c.CreateLabel();
                Label done = c.CreateLabel();
                c.test(r15d, r15d);
                c.je(writer);
                c.Label(ref reader);
                c.mov(eax, __dword_ptr[y]);
                c.mov(ebx, __dword_ptr[x]);
                c.mov(edx, __dword_ptr[x]);
                c.cmp(ebx, eax);
                c.jae(fine);
                c.@lock.inc(__dword_ptr[bad]);
                c.Label(ref fine);
                c.cmp(edx, ebx);
                c.jae(steady);
                c.@lock.inc(__dword_ptr[bad]);
                c.Label(ref steady);
                c.cmp(eax, 10 * Rounds);
                c.jb(reader);
                c.jmp(done);
                c.Label(ref writer);
                c.xor(ebx, ebx);
                Repeat(c, 10 * Rounds, () =>
                {
                    c.inc(ebx);
                    c.mov(__dword_ptr[x], ebx);
                    c.mov(__dword_ptr[y], ebx);
                });
                c.Label(ref done);
                c.nop();
            },
            (bad, 0, "violations"));
    }

    /// <summary>Two pairs of processors: each stores to its own place, has a fence, and reads the other's; not both may read the old value.</summary>
    private static void StoreBuffering(SmpKernel k, string name, Action<Assembler> fence)
    {
        uint places = k.Image.Zeroes(64 * Processors, 64);
        uint seen = k.Image.Zeroes(64 * Processors, 64);
        uint counter = k.Line();
        uint bad = k.Line();
        k.Phase(
            $"a load does not pass a store before {name} ({Ordering}.4)",
            c =>
            {
                Label round = c.CreateLabel();
                c.mov(esi, r15d);
                c.shl(esi, 6);
                c.mov(edi, esi);
                c.xor(edi, 64);
                c.xor(ebx, ebx);
                c.Label(ref round);
                c.inc(ebx);
                Meet(c, counter);
                c.mov(__dword_ptr[rsi + places], ebx);
                fence(c);
                c.mov(eax, __dword_ptr[rdi + places]);
                c.mov(__dword_ptr[rsi + seen], eax);
                c.@lock.inc(__dword_ptr[counter + 4]);
                c.imul(eax, ebx, Processors);
                WaitAtLeast(c, counter + 4);
                Label fine = c.CreateLabel();
                c.cmp(__dword_ptr[rsi + seen], ebx);
                c.jae(fine);
                c.cmp(__dword_ptr[rdi + seen], ebx);
                c.jae(fine);
                c.@lock.inc(__dword_ptr[bad]);
                c.Label(ref fine);
                c.cmp(ebx, FewRounds);
                c.jb(round);
            },
            (bad, 0, "violations"));
    }

    /// <summary>Two writers, two readers: the readers agree on the order of the stores.</summary>
    private static void WriteIndependentReads(SmpKernel k)
    {
        uint x = k.Line();
        uint y = k.Line();
        uint seen = k.Image.Zeroes(64 * Processors, 64);
        uint counter = k.Line();
        uint bad = k.Line();
        k.Phase(
            $"two readers agree on the order of two stores ({Ordering}.7)",
            c =>
            {
                Label round = c.CreateLabel();
                Label first = c.CreateLabel();
                Label second = c.CreateLabel();
                Label reader = c.CreateLabel();
                Label met = c.CreateLabel();
                Label fine = c.CreateLabel();
                c.xor(ebx, ebx);
                c.mov(esi, x);
                c.mov(edi, y);
                c.cmp(r15d, 3);
                c.jne(round);
                c.xchg(esi, edi);
                c.Label(ref round);
                c.inc(ebx);
                Meet(c, counter);
                c.cmp(r15d, 1);
                c.jb(first);
                c.je(second);
                c.jmp(reader);
                c.Label(ref first);
                c.mov(__dword_ptr[x], ebx);
                c.jmp(met);
                c.Label(ref second);
                c.mov(__dword_ptr[y], ebx);
                c.jmp(met);
                c.Label(ref reader);
                c.mov(eax, __dword_ptr[rsi]);
                c.mov(edx, __dword_ptr[rdi]);

                // Bit 0: the first was new, the second was not.
                c.cmp(eax, ebx);
                c.sete(al);
                c.cmp(edx, ebx);
                c.setne(dl);
                c.and(al, dl);
                c.movzx(eax, al);
                c.mov(ecx, r15d);
                c.shl(ecx, 6);
                c.mov(__dword_ptr[rcx + seen], eax);
                c.Label(ref met);
                c.@lock.inc(__dword_ptr[counter + 4]);
                c.imul(eax, ebx, Processors);
                WaitAtLeast(c, counter + 4);
                c.mov(eax, __dword_ptr[seen + 128]);
                c.and(eax, __dword_ptr[seen + 192]);
                c.je(fine);
                c.@lock.inc(__dword_ptr[bad]);
                c.Label(ref fine);
                c.cmp(ebx, FewRounds);
                c.jb(round);
            },
            (bad, 0, "violations"));
    }

    /// <summary>The first processor moves a page back and forth between two frames and tells the others by an interrupt; when all have answered, it empties the old frame, which nobody may see any more.</summary>
    private static void WriteShootdown(SmpKernel k)
    {
        const int Vector = 0x60;
        uint frames = k.Image.Zeroes(0x2000, 4096);
        uint answered = k.Line();
        uint over = k.Line();
        uint ready = k.Line();
        uint bad = k.Line();
        uint table = k.TestTable + (8 * 8);
        const uint Page = TestPages + 0x8000;
        k.Handler(Vector, c =>
        {
            c.invlpg(__byte_ptr[Page]);
            c.@lock.inc(__dword_ptr[answered]);
        });
        k.Phase(
            "after a shootdown nobody sees the old page (SDM 3A 4.10.5)",
            c =>
            {
                Label first = c.CreateLabel();
                Label reader = c.CreateLabel();
                Label fine = c.CreateLabel();
                Label done = c.CreateLabel();
                c.test(r15d, r15d);
                c.je(first);
                c.mov(eax, 1);
                WaitAtLeast(c, ready);
                c.Label(ref reader);
                c.pause();
                c.cmp(__dword_ptr[Page], 0);
                c.jne(fine);
                c.@lock.inc(__dword_ptr[bad]);
                c.Label(ref fine);
                c.cmp(__dword_ptr[over], 0);
                c.je(reader);
                c.jmp(done);

                c.Label(ref first);
                c.mov(__dword_ptr[frames], 1);
                c.mov(__dword_ptr[table], frames + 3);
                c.invlpg(__byte_ptr[Page]);
                c.mov(__dword_ptr[ready], 1);
                c.xor(ebx, ebx);
                Label round = c.CreateLabel();
                c.Label(ref round);
                c.inc(ebx);
                c.mov(edi, ebx);
                c.and(edi, 1);
                c.shl(edi, 12);
                c.mov(__dword_ptr[rdi + frames], ebx);
                c.lea(eax, __[rdi + frames + 3]);
                c.mov(__dword_ptr[table], eax);
                c.invlpg(__byte_ptr[Page]);
                c.mov(eax, 0xC_4000 | Vector);
                c.xor(ecx, ecx);
                Command(c);
                c.imul(eax, ebx, Processors - 1);
                WaitAtLeast(c, answered);
                c.xor(edi, 0x1000);
                c.mov(__dword_ptr[rdi + frames], 0);
                c.cmp(ebx, Shootdowns);
                c.jb(round);
                c.mov(__dword_ptr[over], 1);
                c.Label(ref done);
                c.nop();
            },
            (bad, 0, "stale reads"),
            (answered, (Processors - 1) * Shootdowns, "answers"));
    }

    /// <summary>Every processor sends to itself, to each, to all, to all others, and by logical destination, and waits for each to arrive: one that is lost ends the run.</summary>
    private static void WriteInterrupts(SmpKernel k)
    {
        const int Vector = 0x50;
        uint counts = k.Image.Zeroes(64 * Processors, 64);
        for (int i = 0; i < Processors; i++)
        {
            int sender = i;
            k.Handler(Vector + i, c => c.@lock.inc(__dword_ptr[counts + (64 * sender)]));
        }

        (string Name, int Command, int Destination, int Receivers)[] forms =
        [
            ("itself", 0x4_4000, 0, 1), ("all", 0x8_4000, 0, Processors), ("all others", 0xC_4000, 0, Processors - 1),
            ("logical destination", 0x4800, 0xF, Processors), ("one by its identifier", 0x4000, -1, 1),
        ];
        uint total = 0;
        foreach ((string name, int command, int destination, int receivers) in forms)
        {
            uint before = total;
            total += (uint)(FewRounds * receivers);
            k.Phase(
                $"interprocessor interrupts to {name} (SDM 3A 11.6.1)",
                c =>
                {
                    Label round = c.CreateLabel();
                    c.mov(edi, r15d);
                    c.shl(edi, 6);
                    c.xor(ebx, ebx);
                    c.Label(ref round);
                    c.inc(ebx);
                    c.lea(eax, __[r15 + (command | Vector)]);
                    if (destination < 0)
                    {
                        c.mov(ecx, ebx);
                        c.and(ecx, Processors - 1);
                    }
                    else
                    {
                        c.mov(ecx, destination);
                    }

                    Command(c);
                    c.imul(eax, ebx, receivers);
                    c.add(eax, before);
                    Label wait = c.CreateLabel();
                    c.Label(ref wait);
                    c.pause();
                    c.cmp(__dword_ptr[rdi + counts], eax);
                    c.jb(wait);
                    c.cmp(ebx, FewRounds);
                    c.jb(round);
                },
                [.. Enumerable.Range(0, Processors).Select(i => (counts + (uint)(64 * i), total, $"received from {i}"))]);
        }
    }

    /// <summary>The first processor writes a number into an instruction, then says so; the others, behind a serializing instruction, must not execute an older one (SDM volume 3A, 9.1.3).</summary>
    private static void WriteCode(SmpKernel k)
    {
        uint code = k.Image.Zeroes(4096, 4096);
        uint said = k.Line();
        uint bad = k.Line();
        uint arrived = k.Line();
        k.Phase(
            "code written by another processor (SDM 3A 9.1.3)",
            c =>
            {
                Label writer = c.CreateLabel();
                Label round = c.CreateLabel();
                Label fine = c.CreateLabel();
                Label done = c.CreateLabel();
                Label write = c.CreateLabel();
                c.test(r15d, r15d);
                c.je(writer);
                c.xor(ebx, ebx);
                c.Label(ref round);
                c.inc(ebx);
                c.mov(eax, ebx);
                WaitAtLeast(c, said);
                c.push(rbx);
                c.xor(eax, eax);
                c.cpuid();
                c.pop(rbx);
                c.mov(edi, code);
                c.call(rdi);
                c.cmp(eax, ebx);
                c.jae(fine);
                c.@lock.inc(__dword_ptr[bad]);
                c.Label(ref fine);
                c.@lock.inc(__dword_ptr[arrived]);
                c.cmp(ebx, FewRounds);
                c.jb(round);
                c.jmp(done);

                // MOV EAX, number at an aligned number; RET.
                c.Label(ref writer);
                c.mov(__byte_ptr[code], unchecked((sbyte)0x90));
                c.mov(__byte_ptr[code + 1], unchecked((sbyte)0x90));
                c.mov(__byte_ptr[code + 2], unchecked((sbyte)0x90));
                c.mov(__byte_ptr[code + 3], unchecked((sbyte)0xB8));
                c.mov(__byte_ptr[code + 8], unchecked((sbyte)0xC3));
                c.xor(ebx, ebx);
                c.Label(ref write);
                c.inc(ebx);
                c.mov(__dword_ptr[code + 4], ebx);
                c.mov(__dword_ptr[said], ebx);
                c.imul(eax, ebx, Processors - 1);
                WaitAtLeast(c, arrived);
                c.cmp(ebx, FewRounds);
                c.jb(write);
                c.Label(ref done);
                c.nop();
            },
            (bad, 0, "old code executed"));
    }
}
