using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Pv;

/// <summary>64-bit subroutines over the VMM's console and scheduler (xen/include/public/xen.h, sched.h). A routine keeps all registers but RCX, R11 and those that it names; R12 is where the line's next byte goes.</summary>
internal sealed class PvRoutines
{
    private const int XenVersionCall = 17;
    private const int ConsoleCall = 18;
    private const int SchedulerCall = 29;
    private const uint ConsoleWrite = 0;
    private const uint SchedulerShutdown = 2;

    /// <summary>SHUTDOWN_poweroff.</summary>
    private const uint ShutdownPowerOff = 0;

    private const uint LineLength = 1024;

    private readonly PvImageBuilder _image;
    private readonly ulong _line;
    private readonly ulong _shutdown;

    /// <summary>Adds the routines to an image.</summary>
    /// <param name="image">The image.</param>
    public PvRoutines(PvImageBuilder image)
    {
        _image = image;
        _line = image.Zeroes(LineLength);
        _shutdown = image.Data(BitConverter.GetBytes(ShutdownPowerOff), 4);
        PutText = image.Code(WritePutText);
        PutNumber = image.Code(c => WritePutNumber(c, 10));
        PutHexadecimal = image.Code(c => WritePutNumber(c, 16));
        Flush = image.Code(WriteFlush);
        PowerOff = image.Code(WritePowerOff);
    }

    /// <summary>Appends the text at RSI, up to its zero.</summary>
    public ulong PutText { get; }

    /// <summary>Appends RAX in decimal.</summary>
    public ulong PutNumber { get; }

    /// <summary>Appends RAX in hexadecimal.</summary>
    public ulong PutHexadecimal { get; }

    /// <summary>Sends the line.</summary>
    public ulong Flush { get; }

    /// <summary>Ends the domain; does not return.</summary>
    public ulong PowerOff { get; }

    /// <summary>Writes the start of a program; the stack is the VMM's.</summary>
    /// <param name="c">The program's code.</param>
    public void Start(Assembler c)
    {
        c.cld();
        c.mov(r12, _line);
    }

    /// <summary>Writes a call that appends a text and, when it ends a line, sends it.</summary>
    /// <param name="c">The caller's code; RSI is lost.</param>
    /// <param name="text">The text, at most as long as fits a line.</param>
    public void Print(Assembler c, string text)
    {
        c.mov(rsi, _image.Text(text));
        c.call(PutText);
        if (text.EndsWith('\n'))
            c.call(Flush);
    }

    /// <summary>Writes HYPERVISOR_xen_version; the result in RAX.</summary>
    /// <param name="c">The caller's code; RDI and RSI are lost.</param>
    /// <param name="command">XENVER_*.</param>
    /// <param name="argument">The address of its argument, or 0.</param>
    public static void XenVersion(Assembler c, uint command, ulong argument)
    {
        c.mov(edi, command);
        c.mov(rsi, argument);
        c.call(PvImageBuilder.Stub(XenVersionCall));
    }

    private static void WritePutText(Assembler c)
    {
        Label next = c.CreateLabel();
        Label done = c.CreateLabel();
        c.push(rax);
        c.push(rsi);
        c.Label(ref next);
        c.lodsb();
        c.test(al, al);
        c.je(done);
        c.mov(__[r12], al);
        c.inc(r12);
        c.jmp(next);
        c.Label(ref done);
        c.pop(rsi);
        c.pop(rax);
        c.ret();
    }

    private static void WritePutNumber(Assembler c, uint radix)
    {
        Label divide = c.CreateLabel();
        Label print = c.CreateLabel();
        Label isDecimal = c.CreateLabel();
        c.push(rax);
        c.push(rbx);
        c.push(rdx);
        c.xor(ecx, ecx);
        c.mov(ebx, radix);
        c.Label(ref divide);
        c.xor(edx, edx);
        c.div(rbx);
        c.push(rdx);
        c.inc(ecx);
        c.test(rax, rax);
        c.jne(divide);
        c.Label(ref print);
        c.pop(rax);
        c.add(al, (sbyte)'0');
        c.cmp(al, (sbyte)'9');
        c.jbe(isDecimal);
        c.add(al, 'a' - '9' - 1);
        c.Label(ref isDecimal);
        c.mov(__[r12], al);
        c.inc(r12);
        c.loop(print);
        c.pop(rdx);
        c.pop(rbx);
        c.pop(rax);
        c.ret();
    }

    private void WriteFlush(Assembler c)
    {
        c.push(rax);
        c.push(rdi);
        c.push(rsi);
        c.push(rdx);
        c.mov(edi, ConsoleWrite);
        c.mov(rdx, _line);
        c.mov(rsi, r12);
        c.sub(rsi, rdx);
        c.mov(r12, rdx);
        c.call(PvImageBuilder.Stub(ConsoleCall));
        c.pop(rdx);
        c.pop(rsi);
        c.pop(rdi);
        c.pop(rax);
        c.ret();
    }

    private void WritePowerOff(Assembler c)
    {
        Label again = c.CreateLabel();
        c.Label(ref again);
        c.mov(edi, SchedulerShutdown);
        c.mov(rsi, _shutdown);
        c.call(PvImageBuilder.Stub(SchedulerCall));
        c.jmp(again);
    }
}
