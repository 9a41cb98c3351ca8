using System.Buffers.Binary;
using Dominion.Guests.Building;
using Iced.Intel;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <summary>What the 32-bit rule guests share: tables that are made anew for each case, handlers that record what they find, the comparison, and the report.</summary>
internal sealed partial class RuleKernel
{
    private const int IdtOffset = GdtLength;
    private const int LdtOffset = 0xC00;
    private const int TssOffset = 0xD00;
    private const int SecondTssOffset = 0x1000;
    private const int Tss16Offset = 0x1100;
    private const int Tss64Offset = 0x1200;
    private const int Idt64Offset = 0x1300;
    private const int BlockLength = 0x2300;
    private const ushort ExitPort = 0xF4;
    private const uint None = uint.MaxValue;

    private static readonly RuleField[] Fields = Enum.GetValues<RuleField>();

    private readonly GuestImageBuilder _image;
    private readonly PcRoutines _pc;
    private readonly byte[] _block = new byte[BlockLength];
    private readonly List<(uint Code, uint Name, List<uint> Expected)> _cases = [];
    private readonly uint _fields;
    private readonly uint _pristine;
    private readonly uint _live;
    private readonly uint _cursor;
    private readonly uint _far;
    private readonly uint _expectedEip;
    private readonly uint _failures;

    public RuleKernel(GuestImageBuilder image, PcRoutines pc)
    {
        _image = image;
        _pc = pc;
        _fields = image.Zeroes((uint)Fields.Length * 4);
        _live = image.Zeroes(BlockLength, 4096);
        _cursor = image.Zeroes(4);
        _far = image.Zeroes(8);
        _expectedEip = image.Zeroes(4);
        _failures = image.Zeroes(4);
        Resume = image.Zeroes(4);
        Scratch = image.Zeroes(4096, 4096);
        KernelStack = image.Zeroes(4096) + 4096;
        UserStack = image.Zeroes(4096) + 4096;
        TaskStack = image.Zeroes(4096) + 4096;
        FillBlock();
        FillLongMode();
        _pristine = image.Data(_block);
    }

    public GuestImageBuilder Image => _image;

    /// <summary>Where a case goes on when it has run to its end.</summary>
    public uint Resume { get; }

    /// <summary>A page for a case's own use.</summary>
    public uint Scratch { get; }

    /// <summary>The top of the stack that TSS.ESP0 names.</summary>
    public uint KernelStack { get; }

    /// <summary>The top of a stack for CPL 3.</summary>
    public uint UserStack { get; }

    /// <summary>The top of a second task's stack.</summary>
    public uint TaskStack { get; }

    public uint Gdt => _live;

    public uint Idt => _live + IdtOffset;

    public uint LdtTable => _live + LdtOffset;

    public uint Tss => _live + TssOffset;

    public uint SecondTss => _live + SecondTssOffset;

    public uint Tss16 => _live + Tss16Offset;

    /// <summary>The address of a field.</summary>
    public uint Of(RuleField field) => _fields + ((uint)field * 4);

    /// <summary>Adds a case.</summary>
    /// <param name="name">What it checks.</param>
    /// <param name="section">The manual's section.</param>
    /// <param name="write">Writes the code: CPL 0, flat segments. It may end with the exception that is expected, or run on.</param>
    /// <param name="expected">What must be found afterwards; without a vector, that it ran to its end.</param>
    public void Case(string name, string section, Action<RuleCode> write, params (RuleField Field, uint Value)[] expected)
    {
        bool marks = false;
        uint code = _image.Code(32, c =>
        {
            RuleCode writer = new(this, c);
            c.mov(eax, __dword_ptr.cs[_image.PointerTo(() => writer.Mark)]);
            c.mov(__dword_ptr[_expectedEip], eax);
            write(writer);
            marks = writer.IsMarked;
            c.nop();
            if (!marks)
                c.Label(ref writer.Mark);
            c.jmp(__dword_ptr.cs[Resume]);
        });
        List<uint> table = [];
        if (!expected.Any(e => e.Field == RuleField.Vector))
            expected = [(RuleField.Vector, None), .. expected];
        foreach ((RuleField field, uint value) in expected)
            table.AddRange([1, Of(field), value, _image.Text(field.ToString().ToLowerInvariant())]);
        if (marks)
            table.AddRange([2, Of(RuleField.Eip), _expectedEip, _image.Text("eip")]);
        _cases.Add((code, _image.Text($"{name} ({section})"), table));
    }

    /// <summary>The last case expects EIP on the handler's stack to be that of its marked instruction.</summary>
    private void ExpectMark() => _cases[^1].Expected.AddRange([2, Of(RuleField.Eip), _expectedEip, _image.Text("eip")]);

    /// <summary>Adds a case that expects an exception.</summary>
    public void Fault(string name, string section, int vector, uint error, Action<RuleCode> write, params (RuleField Field, uint Value)[] more) =>
        Case(name, section, write, [(RuleField.Vector, (uint)vector), (RuleField.Error, error), .. more]);

    /// <summary>Writes the program that runs all cases.</summary>
    public void WriteProgram(Assembler c)
    {
        List<uint> table = [];
        foreach ((uint code, uint name, List<uint> expected) in _cases)
            table.AddRange([code, name, _image.Data(Bytes([.. expected, 0]))]);
        table.Add(0);
        uint cases = _image.Data(Bytes(table));
        uint restore = _image.Code(32, WriteRestore);
        uint putHex = _image.Code(32, WritePutHex);
        Label next = c.CreateLabel();
        Label after = c.CreateLabel();
        Label compare = c.CreateLabel();
        Label passed = c.CreateLabel();
        Label equal = c.CreateLabel();
        Label byValue = c.CreateLabel();
        Label done = c.CreateLabel();
        Label clean = c.CreateLabel();
        Label forever = c.CreateLabel();
        // Nothing of the board's interrupts here: both interrupt controllers masked.
        c.mov(al, 0xFF);
        c.@out(0x21, al);
        c.@out(0xA1, al);
        c.mov(__dword_ptr[_cursor], cases);
        c.mov(__dword_ptr[_failures], 0);
        c.call(restore);
        c.Label(ref next);
        c.mov(ebx, __dword_ptr[_cursor]);
        c.cmp(__dword_ptr[ebx], 0);
        c.je(done);
        c.cld();
        c.mov(edi, _fields);
        c.mov(ecx, Fields.Length);
        c.xor(eax, eax);
        c.rep.stosd();
        c.mov(__dword_ptr[Of(RuleField.Vector)], -1);
        c.mov(eax, __dword_ptr.cs[_image.PointerTo(() => after)]);
        c.mov(__dword_ptr[Resume], eax);
        c.jmp(__dword_ptr[ebx]);

        c.Label(ref after);
        c.mov(eax, Data0);
        c.mov(ss, ax);
        c.mov(esp, _pc.StackTop);
        c.mov(ds, ax);
        c.mov(es, ax);
        c.call(restore);
        c.mov(ebx, __dword_ptr[_cursor]);
        c.mov(edi, __dword_ptr[ebx + 8]);
        c.Label(ref compare);
        c.mov(ecx, __dword_ptr[edi]);
        c.jecxz(passed);
        c.mov(edx, __dword_ptr[edi + 8]);
        c.cmp(ecx, 1);
        c.je(byValue);
        c.mov(edx, __dword_ptr[edx]);
        c.Label(ref byValue);
        c.mov(ecx, __dword_ptr[edi + 4]);
        c.mov(eax, __dword_ptr[ecx]);
        c.cmp(eax, edx);
        c.je(equal);
        c.inc(__dword_ptr[_failures]);
        _pc.Print(c, _image, "not ok ");
        c.mov(esi, __dword_ptr[ebx + 4]);
        c.call(_pc.PutText);
        _pc.Print(c, _image, ": ");
        c.mov(esi, __dword_ptr[edi + 12]);
        c.call(_pc.PutText);
        _pc.Print(c, _image, " expected ");
        c.xchg(eax, edx);
        c.call(putHex);
        _pc.Print(c, _image, ", got ");
        c.mov(eax, edx);
        c.call(putHex);
        c.mov(eax, __dword_ptr[Of(RuleField.Vector)]);
        _pc.Print(c, _image, " vector ");
        c.call(putHex);
        _pc.Print(c, _image, " eip ");
        c.mov(eax, __dword_ptr[Of(RuleField.Eip)]);
        c.call(putHex);
        _pc.Print(c, _image, "\r\n");
        c.add(__dword_ptr[_cursor], 12);
        c.jmp(next);
        c.Label(ref equal);
        c.add(edi, 16);
        c.jmp(compare);
        c.Label(ref passed);
        _pc.Print(c, _image, "ok ");
        c.mov(esi, __dword_ptr[ebx + 4]);
        c.call(_pc.PutText);
        _pc.Print(c, _image, "\r\n");
        c.add(__dword_ptr[_cursor], 12);
        c.jmp(next);

        c.Label(ref done);
        c.mov(eax, _cases.Count);
        c.call(_pc.PutNumber);
        _pc.Print(c, _image, " cases, ");
        c.mov(eax, __dword_ptr[_failures]);
        c.call(_pc.PutNumber);
        _pc.Print(c, _image, " not ok\r\n");
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

    /// <summary>A far pointer in memory.</summary>
    public uint FarPointer(ushort selector, uint offset)
    {
        byte[] pointer = new byte[6];
        BinaryPrimitives.WriteUInt32LittleEndian(pointer, offset);
        BinaryPrimitives.WriteUInt16LittleEndian(pointer.AsSpan(4), selector);
        return _image.Data(pointer);
    }

    /// <summary>Memory for a far pointer that is made when it is used.</summary>
    internal uint Far => _far;

    private static byte[] Bytes(List<uint> values)
    {
        byte[] bytes = new byte[values.Count * 4];
        for (int i = 0; i < values.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), values[i]);
        return bytes;
    }

    /// <summary>EAX as eight hexadecimal digits.</summary>
    private void WritePutHex(Assembler c)
    {
        Label digit = c.CreateLabel();
        Label letter = c.CreateLabel();
        Label send = c.CreateLabel();
        c.pushad();
        c.mov(edx, eax);
        c.mov(ecx, 8);
        c.Label(ref digit);
        c.rol(edx, 4);
        c.mov(eax, edx);
        c.and(eax, 15);
        c.cmp(eax, 10);
        c.jae(letter);
        c.add(eax, '0');
        c.jmp(send);
        c.Label(ref letter);
        c.add(eax, 'a' - 10);
        c.Label(ref send);
        c.call(_pc.PutCharacter);
        c.dec(ecx);
        c.jne(digit);
        c.popad();
        c.ret();
    }

    /// <summary>Makes tables and control registers what each case starts with. The stack and the data segments are in order.</summary>
    private void WriteRestore(Assembler c)
    {
        Label reload = c.CreateLabel();
        c.mov(eax, cr0);
        c.and(eax, 0x7FFF_FFFF);
        c.mov(cr0, eax);
        c.xor(eax, eax);
        c.mov(cr4, eax);
        c.mov(eax, 0x400);
        c.mov(dr7, eax);
        c.mov(eax, 0xFFFF_0FF0);
        c.mov(dr6, eax);
        c.push(2);
        c.popfd();
        c.cld();
        c.mov(esi, _pristine);
        c.mov(edi, _live);
        c.mov(ecx, BlockLength / 4);
        c.rep.movsd();
        c.lgdt(__[Pointer(_live, GdtLength - 1)]);
        c.lidt(__[Pointer(_live + IdtOffset, 0x7FF)]);
        c.mov(eax, __dword_ptr.cs[_image.PointerTo(() => reload)]);
        c.push(Code0);
        c.push(eax);
        c.retf();
        c.Label(ref reload);
        c.mov(eax, Data0);
        c.mov(ss, ax);
        c.mov(ds, ax);
        c.mov(es, ax);
        c.mov(fs, ax);
        c.mov(gs, ax);
        c.xor(eax, eax);
        c.lldt(ax);
        c.mov(eax, MainTask);
        c.ltr(ax);
        c.mov(eax, 0x11);
        c.mov(cr0, eax);
        c.ret();
    }

    private uint Pointer(uint table, ushort limit) =>
        _image.Data([(byte)limit, (byte)(limit >> 8), (byte)table, (byte)(table >> 8), (byte)(table >> 16), (byte)(table >> 24)]);

    private void FillBlock()
    {
        Put(Code0, Segment(0x9B));
        Put(Data0, Segment(0x93));
        Put(Code3, Segment(0xFB));
        Put(Data3, Segment(0xF3));
        Put(MainTask, Segment(0x89, 0, Tss, 0x167));
        Put(Conforming, Segment(0x9F));
        Put(SecondTask, Segment(0x89, 0, SecondTss, 0x67));
        Put(Task16, Segment(0x81, 0, Tss16, 0x2B));
        Put(Ldt, Segment(0x82, 0, LdtTable, 0xFF));
        Put(Code16, Segment(0x9B, 8));
        Put(Data16, Segment(0x93, 8));
        uint common = _image.Code(32, WriteCommonHandler);
        for (int vector = 0; vector < 256; vector++)
        {
            if (vector >= 48 && vector != 0x80)
                continue;
            int number = vector;
            uint stub = _image.Code(32, c =>
            {
                if (number is not (8 or 10 or 11 or 12 or 13 or 14 or 17))
                    c.push(0);
                c.push(number);
                c.jmp(common);
            });
            Put(IdtOffset + (vector * 8), Gate(Code0, stub, vector == 0x80 ? 0xEE : 0x8E));
            if (vector == 0x80)
                EndStub = stub;
            Stubs[vector] = stub;
        }

        Put32(TssOffset + 4, KernelStack);
        Put32(TssOffset + 8, Data0);
        Put32(TssOffset + 0x64, 0x0088_0000);
    }

    /// <summary>The handlers, by vector: 0 to 47.</summary>
    public Dictionary<int, uint> Stubs { get; } = [];

    /// <summary>The handler of vector 80H, which ends a case from CPL 3.</summary>
    public uint EndStub { get; private set; }

    private void WriteCommonHandler(Assembler c)
    {
        c.push(eax);
        c.mov(ax, ds);
        c.push(eax);
        c.pushfd();

        // From the top: EFLAGS, DS, EAX, vector, error code, EIP, CS, EFLAGS, and what there is beyond.
        c.mov(eax, Data0);
        c.mov(ds, ax);
        c.pop(__dword_ptr[Of(RuleField.HandlerEflags)]);
        c.mov(eax, __dword_ptr[esp + 8]);
        c.mov(__dword_ptr[Of(RuleField.Vector)], eax);
        for (RuleField field = RuleField.Error; field <= RuleField.OuterGs; field++)
        {
            c.mov(eax, __dword_ptr[esp + 12 + (4 * (field - RuleField.Error))]);
            c.mov(__dword_ptr[Of(field)], eax);
        }

        c.lea(eax, __[esp + 16]);
        c.mov(__dword_ptr[Of(RuleField.HandlerEsp)], eax);
        c.mov(eax, cr2);
        c.mov(__dword_ptr[Of(RuleField.Cr2)], eax);
        c.mov(eax, dr6);
        c.mov(__dword_ptr[Of(RuleField.Dr6)], eax);
        c.str(eax);
        c.mov(__dword_ptr[Of(RuleField.Tr)], eax);
        c.mov(eax, Data0);
        c.mov(ss, ax);
        c.mov(esp, _pc.StackTop);
        c.jmp(__dword_ptr[Resume]);
    }

    private void Put(int offset, ulong descriptor) => BinaryPrimitives.WriteUInt64LittleEndian(_block.AsSpan(offset & ~7), descriptor);

    private void Put32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(offset), value);
}
