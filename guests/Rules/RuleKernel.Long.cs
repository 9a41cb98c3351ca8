using Iced.Intel;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <content>Cases in 64-bit mode: each enters IA-32e mode, runs, and comes back to 32-bit code without paging to be compared.</content>
internal sealed partial class RuleKernel
{
    private const uint Writable = 3;
    private const uint Large = 0x83;
    private const uint AllowAll = 7;
    private uint _pages;
    private uint _leave;
    private uint _handlerStack;

    /// <summary>Linear address of the page whose entries a case sets, in a region with a page table of its own.</summary>
    public const uint TestPage = 0x4020_0000;

    /// <summary>Linear address of the user-mode code, a page of CPL 3.</summary>
    public const uint UserCode = 0x4000_0000;

    /// <summary>The top table of 4-level paging; then a pointer table, the directory of the first GiB, the directory of the second, the page table of <see cref="UserCode"/>, that of <see cref="TestPage"/>, and the top table of 5-level paging.</summary>
    public uint Pages => _pages;

    public uint Pointers => _pages + 0x1000;

    /// <summary>The directory of <see cref="UserCode"/> and <see cref="TestPage"/>; the first two entries are theirs.</summary>
    public uint Directory => _pages + 0x3000;

    /// <summary>The page table of <see cref="TestPage"/>, which is its first entry.</summary>
    public uint Table => _pages + 0x5000;

    public uint FifthLevel => _pages + 0x6000;

    /// <summary>The pointer table of PAE paging, whose entries have no rights.</summary>
    public uint PaePointers => _pages + 0x7000;

    /// <summary>The directory of 32-bit paging.</summary>
    public uint Directory32 => _pages + 0x8000;

    /// <summary>The frame behind <see cref="TestPage"/>.</summary>
    public uint TestFrame { get; private set; }

    /// <summary>The frame of the user-mode code, by its own address: for CPL 0.</summary>
    public uint UserFrame { get; private set; }

    public uint Tss64 => _live + Tss64Offset;

    public uint Idt64 => _live + Idt64Offset;

    /// <summary>The 64-bit handlers, by vector.</summary>
    public Dictionary<int, uint> LongStubs { get; } = [];

    /// <summary>Adds a case in 64-bit mode: CPL 0, <see cref="StackTop64"/>, interrupts off.</summary>
    public void LongCase(string name, string section, Action<RuleCode> write, params (RuleField Field, uint Value)[] expected) =>
        LongCase(name, section, fiveLevels: false, write, expected);

    /// <summary>Adds a case in 64-bit mode with 4-level or 5-level paging.</summary>
    public void LongCase(string name, string section, bool fiveLevels, Action<RuleCode> write, params (RuleField Field, uint Value)[] expected)
    {
        bool marks = false;
        uint program = _image.Code(64, c =>
        {
            RuleCode writer = new(this, c);
            c.mov(rax, __qword_ptr[_image.PointerTo(() => writer.Mark)]);
            c.mov(__dword_ptr[_expectedEip], eax);
            c.xor(eax, eax);
            write(writer);
            c.nop();
            marks = writer.IsMarked;
            if (!marks)
                c.Label(ref writer.Mark);
            c.jmp(_leave);
        });
        uint pointer = FarPointer(Code64, program);
        Case(
            name,
            section,
            r =>
            {
                WriteEnter(r, fiveLevels);
                r.C.jmp(__fword_ptr[pointer]);
            },
            expected);
        if (marks)
            ExpectMark();
    }

    /// <summary>Adds a case in 64-bit mode that expects an exception.</summary>
    public void LongFault(string name, string section, int vector, uint error, Action<RuleCode> write, params (RuleField Field, uint Value)[] more) =>
        LongCase(name, section, write, [(RuleField.Vector, (uint)vector), (RuleField.Error, error), .. more]);

    /// <summary>The stack of a case in 64-bit mode.</summary>
    public uint StackTop64 => _handlerStack;

    /// <summary>Writes the tables of every paging mode; uses EAX, ECX, EDI.</summary>
    public void WriteTables(RuleCode r)
    {
        Assembler c = r.C;
        Label large = c.CreateLabel();
        Label larger = c.CreateLabel();
        c.mov(edi, _pages);
        c.mov(ecx, 0x9000 / 4);
        c.xor(eax, eax);
        c.rep.stosd();
        r.Store(FifthLevel, _pages + AllowAll);
        r.Store(_pages, Pointers + AllowAll);
        r.Store(Pointers, _pages + 0x2000 + AllowAll);
        r.Store(Pointers + 8, Directory + AllowAll);
        r.Store(PaePointers, _pages + 0x2000 + 1);
        r.Store(PaePointers + 8, Directory + 1);
        r.Store(Directory, _pages + 0x4000 + AllowAll);
        r.Store(Directory + 8, Table + AllowAll);
        r.Store(Directory32 + (4 * 0x100), _pages + 0x4000 + AllowAll);
        r.Store(Directory32 + (4 * 0x101), Table + AllowAll);

        // In 32-bit paging the second directory entry is 4 MiB further: the test page there is the first of that table too.
        r.Store(_pages + 0x4000, UserFrame + AllowAll);
        c.mov(edi, _pages + 0x2000);
        c.mov(eax, Large);
        c.mov(ecx, 64);
        c.Label(ref large);
        c.mov(__dword_ptr[edi], eax);
        c.add(eax, 0x20_0000);
        c.add(edi, 8);
        c.dec(ecx);
        c.jne(large);
        c.mov(edi, Directory32);
        c.mov(eax, Large);
        c.mov(ecx, 32);
        c.Label(ref larger);
        c.mov(__dword_ptr[edi], eax);
        c.add(eax, 0x40_0000);
        c.add(edi, 4);
        c.dec(ecx);
        c.jne(larger);

        // What a test's access does: read, write, fetch; each ends with INT 80H.
        Assembler user = new(32);
        user.mov(al, __byte_ptr[edi]);
        user.@int(0x80);
        byte[] bytes = Assemble(user);
        WriteBytes(r, UserFrame, bytes);
        user = new Assembler(32);
        user.mov(__byte_ptr[edi + 8], al);
        user.@int(0x80);
        WriteBytes(r, UserFrame + 0x10, Assemble(user));
        WriteBytes(r, UserFrame + 0x20, [0xFF, 0xE7]);
        WriteBytes(r, TestFrame, [0xCD, 0x80]);
    }

    private static byte[] Assemble(Assembler assembler)
    {
        using MemoryStream stream = new();
        assembler.Assemble(new StreamCodeWriter(stream), 0);
        return stream.ToArray();
    }

    private static void WriteBytes(RuleCode r, uint address, byte[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            r.C.mov(__byte_ptr[address + i], (sbyte)bytes[i]);
    }

    /// <summary>Where a handler of 64-bit mode goes on: out of it, unless the case takes its own exceptions.</summary>
    public uint LongResume { get; private set; }

    private void WriteEnter(RuleCode r, bool fiveLevels)
    {
        Assembler c = r.C;
        r.Store64(LongResume, _leave);
        WriteTables(r);
        c.lidt(__[Pointer(Idt64, 0xFFF)]);
        c.mov(eax, fiveLevels ? 0x1620 : 0x620);
        c.mov(cr4, eax);
        c.mov(eax, fiveLevels ? FifthLevel : _pages);
        c.mov(cr3, eax);
        c.mov(ecx, 0xC000_0080);
        c.xor(edx, edx);
        c.mov(eax, 0x100);
        c.wrmsr();
        c.mov(eax, 0x8001_0011);
        c.mov(cr0, eax);
        c.mov(eax, Task64);
        c.ltr(ax);
        c.mov(esp, _handlerStack);
    }

    private void FillLongMode()
    {
        _pages = _image.Zeroes(0x9000, 4096);
        TestFrame = _image.Zeroes(4096, 4096);
        UserFrame = _image.Zeroes(4096, 4096);
        LongResume = _image.Zeroes(8);
        _handlerStack = _image.Zeroes(8192) + 8192;
        Put(Code64, Segment(0x9B, 10));
        Put(Data64User, Segment(0xF3));
        Put(Code64User, Segment(0xFB, 10));
        Put(Task64, Segment(0x89, 0, Tss64, 0x67));
        Put32(Tss64Offset + 4, KernelStack);
        Put32(Tss64Offset + 0x24, TaskStack);
        Put32(Tss64Offset + 0x64, 0x0068_0000);
        uint leave32 = _image.Code(32, WriteLeave32);
        _leave = _image.Code(64, c =>
        {
            c.mov(rsp, _handlerStack);
            c.push(Code0);
            c.push((int)leave32);
            c.db(0x48, 0xCB);
        });
        uint common = _image.Code(64, WriteLongHandler);
        for (int vector = 0; vector <= 0x80; vector++)
        {
            if (vector >= 48 && vector != 0x80)
                continue;
            int number = vector;
            uint stub = _image.Code(64, c =>
            {
                if (number is not (8 or 10 or 11 or 12 or 13 or 14 or 17))
                    c.push(0);
                c.push(number);
                c.jmp(common);
            });
            LongStubs[vector] = stub;
            PutGate64(vector, Gate(Code64, stub, vector == 0x80 ? 0xEE : 0x8E));
        }
    }

    private void PutGate64(int vector, ulong low) =>
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(_block.AsSpan(Idt64Offset + (vector * 16)), low);

    /// <summary>From compatibility mode to protected mode without paging (SDM volume 3A, 10.8.5.4).</summary>
    private void WriteLeave32(Assembler c)
    {
        c.mov(eax, Data0);
        c.mov(ss, ax);
        c.mov(ds, ax);
        c.mov(es, ax);
        c.mov(eax, cr4);
        c.and(eax, ~0x2_0000);
        c.mov(cr4, eax);
        c.mov(eax, 0x11);
        c.mov(cr0, eax);
        c.mov(ecx, 0xC000_0080);
        c.xor(edx, edx);
        c.xor(eax, eax);
        c.wrmsr();
        c.xor(eax, eax);
        c.mov(cr4, eax);
        c.jmp(__dword_ptr[Resume]);
    }

    private void WriteLongHandler(Assembler c)
    {
        c.push(rax);
        c.pushfq();

        // From the top: RFLAGS, RAX, vector, error code, RIP, CS, RFLAGS, RSP, SS. Data segments need nothing here.
        c.pop(rax);
        c.mov(__dword_ptr[Of(RuleField.HandlerEflags)], eax);
        c.mov(rax, __qword_ptr[rsp + 8]);
        c.mov(__dword_ptr[Of(RuleField.Vector)], eax);
        for (RuleField field = RuleField.Error; field <= RuleField.OuterSs; field++)
        {
            c.mov(rax, __qword_ptr[rsp + 16 + (8 * (field - RuleField.Error))]);
            c.mov(__dword_ptr[Of(field)], eax);
        }

        c.lea(rax, __[rsp + 24]);
        c.mov(__dword_ptr[Of(RuleField.HandlerEsp)], eax);
        c.mov(rax, cr2);
        c.mov(__dword_ptr[Of(RuleField.Cr2)], eax);
        c.mov(rax, dr6);
        c.mov(__dword_ptr[Of(RuleField.Dr6)], eax);
        c.str(eax);
        c.mov(__dword_ptr[Of(RuleField.Tr)], eax);
        c.mov(ax, ss);
        c.movzx(eax, ax);
        c.mov(__dword_ptr[Of(RuleField.OuterEs)], eax);
        c.mov(esp, _handlerStack);
        c.jmp(__qword_ptr[LongResume]);
    }
}
