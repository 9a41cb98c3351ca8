using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Smp;

/// <summary>
/// What the guests for several processors share: all processors up by INIT and SIPI (SDM volume 3A, 9.4.4), in 64-bit mode with tables and interrupts in common; phases between barriers; a report on the console.
/// R15 is the processor's number, from 0; R14 its local APIC.
/// </summary>
internal sealed class SmpKernel
{
    public const int Processors = 4;

    /// <summary>The first of the linear pages whose entries a phase sets.</summary>
    public const uint TestPages = 0x4000_0000;

    private const uint Apic = 0xFEE0_0000;
    private const uint Trampoline = 0x8000;
    private const int Code32 = 8;
    private const int Data = 16;
    private const int Code64 = 24;
    private const ushort Uart = 0x3F8;
    private const ushort ExitPort = 0xF4;
    private const uint StackSize = 0x4000;

    private readonly GuestImageBuilder _image;
    private readonly List<(string Name, uint Code, (uint Address, uint Value, string Name)[] Expected)> _phases = [];
    private readonly uint _tables;
    private readonly uint _gdtPointer;
    private readonly uint _idt;
    private readonly uint _stacks;
    private readonly uint _started;
    private readonly uint _arrived;
    private readonly uint _phase;
    private readonly uint _failures;

    public SmpKernel(GuestImageBuilder image)
    {
        _image = image;
        _tables = image.Zeroes(0x6000, 4096);
        _idt = image.Zeroes(0x1000, 4096);
        _stacks = image.Zeroes(StackSize * Processors, 4096);
        _started = Line();
        _arrived = Line();
        _phase = Line();
        _failures = Line();
        byte[] gdt = new byte[32];
        BitConverter.TryWriteBytes(gdt.AsSpan(Code32), 0x00CF_9B00_0000_FFFFUL);
        BitConverter.TryWriteBytes(gdt.AsSpan(Data), 0x00CF_9300_0000_FFFFUL);
        BitConverter.TryWriteBytes(gdt.AsSpan(Code64), 0x00AF_9B00_0000_FFFFUL);
        _gdtPointer = Pointer(image.Data(gdt), (ushort)(gdt.Length - 1));
    }

    public GuestImageBuilder Image => _image;

    /// <summary>The page table of <see cref="TestPages"/>.</summary>
    public uint TestTable => _tables + 0x5000;

    /// <summary>Memory of 64 bytes that nothing else shares a line with.</summary>
    public uint Line() => _image.Zeroes(64, 64);

    /// <summary>Adds a phase: every processor runs the code at once; the first then compares.</summary>
    /// <param name="name">What it checks, and the manual's section.</param>
    /// <param name="write">Writes the code: a subroutine that need keep only R14, R15 and RSP.</param>
    /// <param name="expected">Doublewords and what must be in them afterwards.</param>
    public void Phase(string name, Action<Assembler> write, params (uint Address, uint Value, string Name)[] expected)
    {
        uint code = _image.Code(64, c =>
        {
            write(c);
            c.ret();
        });
        _phases.Add((name, code, expected));
    }

    /// <summary>Writes a spin until a doubleword has at least a value in EAX; uses EDX. Wraps do not occur.</summary>
    public static void WaitAtLeast(Assembler c, uint address)
    {
        Label again = c.CreateLabel();
        Label done = c.CreateLabel();
        c.Label(ref again);
        c.cmp(__dword_ptr[address], eax);
        c.jae(done);
        c.pause();
        c.jmp(again);
        c.Label(ref done);
        c.nop();
    }

    /// <summary>Writes a meeting of all processors at a counter that starts at 0: EBX counts the rounds from 1.</summary>
    public static void Meet(Assembler c, uint counter)
    {
        c.@lock.inc(__dword_ptr[counter]);
        c.imul(eax, ebx, Processors);
        WaitAtLeast(c, counter);
    }

    /// <summary>Installs a handler at start.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="write">The handler's body; it must keep every register. The end of the interrupt and IRETQ are added.</param>
    public void Handler(int vector, Action<Assembler> write) => _handlers.Add((vector, _image.Code(64, c =>
    {
        c.push(rax);
        c.push(rcx);
        c.push(rdx);
        write(c);
        c.mov(__dword_ptr[r14 + 0xB0], 0);
        c.pop(rdx);
        c.pop(rcx);
        c.pop(rax);
        c.iretq();
    })));

    private readonly List<(int Vector, uint Code)> _handlers = [];

    /// <summary>Writes an interrupt command: EAX is its low half, ECX the destination.</summary>
    public static void Command(Assembler c)
    {
        Label busy = c.CreateLabel();
        c.shl(ecx, 24);
        c.Label(ref busy);
        c.test(__dword_ptr[r14 + 0x300], 0x1000);
        c.jne(busy);
        c.mov(__dword_ptr[r14 + 0x310], ecx);
        c.mov(__dword_ptr[r14 + 0x300], eax);
    }

    /// <summary>Writes the program of the bootstrap processor, 32-bit code.</summary>
    public void WriteProgram(Assembler c)
    {
        uint puts = _image.Code(64, WritePuts);
        uint putNumber = _image.Code(64, b => WritePutNumber(b, puts));
        uint worker = _image.Code(64, WriteWorker);
        uint common = _image.Code(64, WriteCommon);
        uint application = _image.Code(64, a =>
        {
            a.call(common);
            a.jmp(worker);
        });
        uint bootstrap = _image.Code(64, b =>
        {
            b.call(common);
            WriteStartOthers(b);
            WritePhases(b, puts, putNumber);
        });
        uint enterApplication = _image.Code(32, a => WriteEnter(a, application));
        uint enterBootstrap = _image.Code(32, a => WriteEnter(a, bootstrap));
        uint real = _image.Code(16, a => WriteReal(a, enterApplication));

        // Both interrupt controllers masked; tables; the trampoline.
        Label fill = c.CreateLabel();
        c.mov(al, 0xFF);
        c.@out(0x21, al);
        c.@out(0xA1, al);
        c.mov(__dword_ptr[_tables], _tables + 0x1003);
        c.mov(__dword_ptr[_tables + 0x1000], _tables + 0x2003);
        c.mov(__dword_ptr[_tables + 0x1008], _tables + 0x3003);
        c.mov(__dword_ptr[_tables + 0x1018], _tables + 0x4003);
        c.mov(__dword_ptr[_tables + 0x3000], TestTable + 3);
        c.mov(__dword_ptr[_tables + 0x4000 + (8 * (int)((Apic >> 21) & 511))], 0xFEE0_009Bu);
        c.mov(edi, _tables + 0x2000);
        c.mov(eax, 0x83);
        c.mov(ecx, 512);
        c.Label(ref fill);
        c.mov(__dword_ptr[edi], eax);
        c.add(eax, 0x20_0000);
        c.add(edi, 8);
        c.dec(ecx);
        c.jne(fill);
        foreach ((int vector, uint code) in _handlers)
        {
            c.mov(__dword_ptr[_idt + (vector * 16)], (Code64 << 16) | (int)(code & 0xFFFF));
            c.mov(__dword_ptr[_idt + (vector * 16) + 4], (code & 0xFFFF_0000) | 0x8E00);
        }

        c.mov(esi, real);
        c.mov(edi, Trampoline);
        c.mov(ecx, 64);
        c.rep.movsb();
        c.jmp(enterBootstrap);
    }

    private uint Pointer(uint table, ushort limit) =>
        _image.Data([(byte)limit, (byte)(limit >> 8), (byte)table, (byte)(table >> 8), (byte)(table >> 16), (byte)(table >> 24), 0, 0, 0, 0]);

    /// <summary>From real mode to 32-bit code: copied to the trampoline.</summary>
    private void WriteReal(Assembler c, uint target)
    {
        c.cli();
        c.xor(ax, ax);
        c.mov(ds, ax);

        // LGDT of 32 bits: the pointer stands behind the trampoline.
        c.db(0x66, 0x0F, 0x01, 0x16, 0x40, 0x80);
        c.mov(eax, cr0);
        c.or(eax, 1);
        c.mov(cr0, eax);
        c.db(0x66, 0xEA);
        c.db((byte)target, (byte)(target >> 8), (byte)(target >> 16), (byte)(target >> 24), Code32, 0);
    }

    private void WriteEnter(Assembler c, uint target)
    {
        c.lgdt(__.cs[_gdtPointer]);
        c.mov(eax, Data);
        c.mov(ds, ax);
        c.mov(es, ax);
        c.mov(ss, ax);
        c.mov(eax, 0x620);
        c.mov(cr4, eax);
        c.mov(eax, _tables);
        c.mov(cr3, eax);
        c.mov(ecx, 0xC000_0080);
        c.xor(edx, edx);
        c.mov(eax, 0x100);
        c.wrmsr();
        c.mov(eax, 0x8001_0011);
        c.mov(cr0, eax);
        byte[] pointer = new byte[6];
        BitConverter.TryWriteBytes(pointer.AsSpan(0), target);
        BitConverter.TryWriteBytes(pointer.AsSpan(4), (ushort)Code64);

        // Selectors of a GDT that the loader had stay in no register; a number of its own and a stack for each processor.
        c.mov(eax, 1);
        c.@lock.xadd(__dword_ptr[_started], eax);
        c.mov(edi, eax);
        c.imul(esp, eax, (int)StackSize);
        c.add(esp, _stacks + StackSize);
        c.jmp(__fword_ptr[_image.Data(pointer)]);
    }

    private void WriteCommon(Assembler c)
    {
        c.mov(r15d, edi);
        c.mov(r14d, Apic);
        c.lidt(__[Pointer(_idt, 0xFFF)]);
        c.mov(__dword_ptr[r14 + 0xF0], 0x1FF);
        c.mov(__dword_ptr[r14 + 0x80], 0);

        // Logical destinations in the flat model: a bit for each processor's APIC identifier.
        c.mov(__dword_ptr[r14 + 0xE0], -1);
        c.mov(ecx, __dword_ptr[r14 + 0x20]);
        c.shr(ecx, 24);
        c.mov(eax, 1);
        c.shl(eax, cl);
        c.shl(eax, 24);
        c.mov(__dword_ptr[r14 + 0xD0], eax);
        c.sti();
        c.ret();
    }

    private void WriteStartOthers(Assembler c)
    {
        foreach (int offset in new[] { 0, 4, 8 })
        {
            c.mov(eax, __dword_ptr[_gdtPointer + offset]);
            c.mov(__dword_ptr[Trampoline + 0x40 + offset], eax);
        }

        c.mov(eax, 0xC_4500);
        c.xor(ecx, ecx);
        Command(c);
        Delay(c);
        for (int i = 0; i < 2; i++)
        {
            c.mov(eax, 0xC_4600 | (Trampoline >> 12));
            c.xor(ecx, ecx);
            Command(c);
            Delay(c);
        }

        c.mov(eax, Processors);
        WaitAtLeast(c, _started);
    }

    private static void Delay(Assembler c)
    {
        Label again = c.CreateLabel();
        c.mov(ecx, 2_000_000);
        c.Label(ref again);
        c.dec(ecx);
        c.jne(again);
    }

    /// <summary>Every processor but the first: runs each phase when its turn has come. EBP counts them.</summary>
    private void WriteWorker(Assembler c)
    {
        Label next = c.CreateLabel();
        Label wait = c.CreateLabel();
        c.xor(ebp, ebp);
        c.Label(ref next);
        c.inc(ebp);
        c.Label(ref wait);
        c.pause();
        c.cmp(__dword_ptr[_phase], ebp);
        c.jb(wait);
        c.push(rbp);
        c.call(__qword_ptr[_phase + 8]);
        c.pop(rbp);
        c.@lock.inc(__dword_ptr[_arrived]);
        c.jmp(next);
    }

    private void WritePhases(Assembler c, uint puts, uint putNumber)
    {
        int number = 0;
        foreach ((string name, uint code, (uint Address, uint Value, string Name)[] expected) in _phases)
        {
            number++;
            Label bad = c.CreateLabel();
            Label done = c.CreateLabel();
            c.mov(eax, code);
            c.mov(__qword_ptr[_phase + 8], rax);
            c.mov(__dword_ptr[_phase], number);
            c.call(code);
            c.mov(eax, number * (Processors - 1));
            WaitAtLeast(c, _arrived);
            foreach ((uint address, uint value, string what) in expected)
            {
                Label right = c.CreateLabel();
                c.cmp(__dword_ptr[address], value);
                c.je(right);
                Print(c, puts, $"not ok {name}: {what} expected {value}, got ");
                c.mov(eax, __dword_ptr[address]);
                c.call(putNumber);
                Print(c, puts, "\r\n");
                c.inc(__dword_ptr[_failures]);
                c.jmp(bad);
                c.Label(ref right);
                c.nop();
            }

            Print(c, puts, $"ok {name}\r\n");
            c.jmp(done);
            c.Label(ref bad);
            c.nop();
            c.Label(ref done);
            c.nop();
        }

        Label clean = c.CreateLabel();
        Label forever = c.CreateLabel();
        Print(c, puts, $"{_phases.Count} cases, ");
        c.mov(eax, __dword_ptr[_failures]);
        c.call(putNumber);
        Print(c, puts, " not ok\r\n");
        c.cmp(__dword_ptr[_failures], 0);
        c.mov(eax, 0x10);
        c.je(clean);
        c.inc(eax);
        c.Label(ref clean);
        c.mov(edx, ExitPort);
        c.@out(dx, eax);
        c.Label(ref forever);
        c.hlt();
        c.jmp(forever);
    }

    private void Print(Assembler c, uint puts, string text)
    {
        c.mov(esi, _image.Text(text));
        c.call(puts);
    }

    private static void WritePuts(Assembler c)
    {
        Label next = c.CreateLabel();
        Label poll = c.CreateLabel();
        Label done = c.CreateLabel();
        c.Label(ref next);
        c.mov(cl, __byte_ptr[rsi]);
        c.test(cl, cl);
        c.je(done);
        c.mov(edx, Uart + 5);
        c.Label(ref poll);
        c.@in(al, dx);
        c.test(al, 0x20);
        c.je(poll);
        c.mov(al, cl);
        c.mov(edx, Uart);
        c.@out(dx, al);
        c.inc(rsi);
        c.jmp(next);
        c.Label(ref done);
        c.ret();
    }

    /// <summary>EAX in decimal.</summary>
    private void WritePutNumber(Assembler c, uint puts)
    {
        Label digit = c.CreateLabel();
        uint text = _image.Zeroes(16);
        c.mov(edi, text + 12);
        c.mov(__byte_ptr[rdi], 0);
        c.mov(ebx, 10);
        c.Label(ref digit);
        c.xor(edx, edx);
        c.div(ebx);
        c.add(dl, (sbyte)'0');
        c.dec(rdi);
        c.mov(__byte_ptr[rdi], dl);
        c.test(eax, eax);
        c.jne(digit);
        c.mov(rsi, rdi);
        c.call(puts);
        c.ret();
    }
}
