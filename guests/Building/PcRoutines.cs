using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Building;

/// <summary>32-bit subroutines for the devices of the board <c>pc</c>: the first UART and ACPI's power-off. A routine keeps all registers but those that it names.</summary>
internal sealed class PcRoutines
{
    /// <summary>The first 16550 (ISA).</summary>
    private const ushort Uart = 0x3f8;

    /// <summary>The PM1a control register of the board <c>pc</c>.</summary>
    private const ushort Pm1aControl = 0x604;

    /// <summary>SLP_EN with SLP_TYP 5, which is S5 on the board <c>pc</c> (ACPI 6.5, 4.8.3.2.1).</summary>
    private const ushort SoftOff = (1 << 13) | (5 << 10);

    /// <summary>How often a busy UART is asked before a byte is sent all the same.</summary>
    private const int PollLimit = 100_000;

    /// <summary>Adds the routines to an image.</summary>
    /// <param name="image">The image.</param>
    public PcRoutines(GuestImageBuilder image)
    {
        StackTop = image.Zeroes(16384) + 16384;
        PutCharacter = image.Code(32, WritePutCharacter);
        PutText = image.Code(32, WritePutText);
        PutNumber = image.Code(32, WritePutNumber);
        PowerOff = image.Code(32, WritePowerOff);
    }

    /// <summary>The initial stack pointer.</summary>
    public uint StackTop { get; }

    /// <summary>Sends the byte in AL.</summary>
    public uint PutCharacter { get; }

    /// <summary>Sends the text at ESI, up to its zero.</summary>
    public uint PutText { get; }

    /// <summary>Sends EAX in decimal.</summary>
    public uint PutNumber { get; }

    /// <summary>Ends the machine; does not return.</summary>
    public uint PowerOff { get; }

    /// <summary>Writes a call that sends a text.</summary>
    /// <param name="c">The caller's code.</param>
    /// <param name="image">The image, which takes the text.</param>
    /// <param name="text">The text.</param>
    public void Print(Assembler c, GuestImageBuilder image, string text)
    {
        c.mov(esi, image.Text(text));
        c.call(PutText);
    }

    /// <summary>Writes the start of a program: stack, segments of the protected mode as the loader left them, and 8n1 at 115200 baud.</summary>
    /// <param name="c">The program's code.</param>
    public void Start(Assembler c)
    {
        c.mov(esp, StackTop);
        c.push(eax);
        c.mov(edx, Uart + 3);
        c.mov(al, 0x80);        // LCR: divisor latch
        c.@out(dx, al);
        c.mov(edx, Uart);
        c.mov(al, 1);
        c.@out(dx, al);
        c.inc(edx);
        c.mov(al, 0);
        c.@out(dx, al);
        c.mov(edx, Uart + 3);
        c.mov(al, 3);           // LCR: eight bits, no parity, one stop bit
        c.@out(dx, al);
        c.pop(eax);
    }

    private void WritePutCharacter(Assembler c)
    {
        Label poll = c.CreateLabel();
        Label send = c.CreateLabel();
        c.push(edx);
        c.push(ecx);
        c.push(eax);
        c.mov(ecx, PollLimit);
        c.mov(edx, Uart + 5);
        c.Label(ref poll);
        c.@in(al, dx);
        c.test(al, 0x20);       // LSR: transmitter holding register empty
        c.jne(send);
        c.dec(ecx);
        c.jne(poll);
        c.Label(ref send);
        c.pop(eax);
        c.mov(edx, Uart);
        c.@out(dx, al);
        c.pop(ecx);
        c.pop(edx);
        c.ret();
    }

    private void WritePutText(Assembler c)
    {
        Label next = c.CreateLabel();
        Label done = c.CreateLabel();
        c.push(eax);
        c.push(esi);
        c.Label(ref next);
        c.mov(al, __byte_ptr[esi]);
        c.inc(esi);
        c.test(al, al);
        c.je(done);
        c.call(PutCharacter);
        c.jmp(next);
        c.Label(ref done);
        c.pop(esi);
        c.pop(eax);
        c.ret();
    }

    private void WritePutNumber(Assembler c)
    {
        Label divide = c.CreateLabel();
        Label print = c.CreateLabel();
        c.pushad();
        c.xor(ecx, ecx);
        c.mov(ebx, 10);
        c.Label(ref divide);
        c.xor(edx, edx);
        c.div(ebx);
        c.push(edx);
        c.inc(ecx);
        c.test(eax, eax);
        c.jne(divide);
        c.Label(ref print);
        c.pop(eax);
        c.add(al, (sbyte)'0');
        c.call(PutCharacter);
        c.loop(print);
        c.popad();
        c.ret();
    }

    private void WritePowerOff(Assembler c)
    {
        Label forever = c.CreateLabel();
        c.mov(edx, Pm1aControl);
        c.mov(eax, SoftOff);
        c.@out(dx, ax);
        c.cli();
        c.Label(ref forever);
        c.hlt();
        c.jmp(forever);
    }
}
