using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Builtin;

/// <summary>Greets, names the processor and the memory, and powers off.</summary>
internal sealed class Hello : BuiltinGuest
{
    private const uint MultibootMagic = 0x2bad_b002;

    /// <inheritdoc/>
    public override string Name => "hello";

    /// <inheritdoc/>
    protected override void Write(Assembler c, GuestImageBuilder image, PcRoutines pc)
    {
        uint text = image.Zeroes(64);
        Label noBrand = c.CreateLabel();
        Label brand = c.CreateLabel();
        c.mov(ebp, ebx);
        c.mov(edi, eax);
        pc.Print(c, image, "Hello from a guest of Dominion.\r\nProcessor: ");

        // CPUID leaf 0: the vendor in EBX, EDX, ECX.
        c.xor(eax, eax);
        c.cpuid();
        c.mov(__dword_ptr[text], ebx);
        c.mov(__dword_ptr[text + 4], edx);
        c.mov(__dword_ptr[text + 8], ecx);
        c.mov(__dword_ptr[text + 12], 0);
        c.mov(esi, text);
        c.call(pc.PutText);

        // Leaves 80000002h to 80000004h: the brand in 48 bytes.
        c.mov(eax, 0x8000_0000);
        c.cpuid();
        c.cmp(eax, 0x8000_0004);
        c.jb(noBrand);
        pc.Print(c, image, ", ");
        c.push(edi);
        c.mov(edi, text);
        c.mov(esi, 0x8000_0002);
        c.Label(ref brand);
        c.mov(eax, esi);
        c.cpuid();
        c.mov(__dword_ptr[edi], eax);
        c.mov(__dword_ptr[edi + 4], ebx);
        c.mov(__dword_ptr[edi + 8], ecx);
        c.mov(__dword_ptr[edi + 12], edx);
        c.add(edi, 16);
        c.inc(esi);
        c.cmp(esi, 0x8000_0005);
        c.jne(brand);
        c.mov(__byte_ptr[edi], 0);
        c.pop(edi);
        c.mov(esi, text);
        c.call(pc.PutText);
        c.Label(ref noBrand);
        pc.Print(c, image, "\r\nMemory: ");
        WriteMemorySum(c);
        c.call(pc.PutNumber);
        pc.Print(c, image, " KiB usable\r\nPowering off.\r\n");
        c.call(pc.PowerOff);
    }

    /// <summary>Sums the usable ranges of the loader's map into EAX, in KiB. EDI is the loader's magic, EBP its information.</summary>
    private static void WriteMemorySum(Assembler c)
    {
        Label pvh = c.CreateLabel();
        Label multibootNext = c.CreateLabel();
        Label multibootSkip = c.CreateLabel();
        Label pvhNext = c.CreateLabel();
        Label pvhSkip = c.CreateLabel();
        Label done = c.CreateLabel();
        c.xor(eax, eax);
        c.cmp(edi, MultibootMagic);
        c.jne(pvh);

        // mmap_length at 44, mmap_addr at 48; an entry is its size, then base, length and type.
        c.mov(esi, __dword_ptr[ebp + 48]);
        c.mov(ecx, __dword_ptr[ebp + 44]);
        c.add(ecx, esi);
        c.Label(ref multibootNext);
        c.cmp(esi, ecx);
        c.jae(done);
        c.cmp(__dword_ptr[esi + 20], 1);
        c.jne(multibootSkip);
        c.mov(ebx, __dword_ptr[esi + 12]);
        c.mov(edx, __dword_ptr[esi + 16]);
        c.shrd(ebx, edx, 10);
        c.add(eax, ebx);
        c.Label(ref multibootSkip);
        c.add(esi, __dword_ptr[esi]);
        c.add(esi, 4);
        c.jmp(multibootNext);

        // hvm_start_info: memmap_paddr at 40, memmap_entries at 48; an entry is base, size, type, in 24 bytes.
        c.Label(ref pvh);
        c.mov(esi, __dword_ptr[ebp + 40]);
        c.mov(ecx, __dword_ptr[ebp + 48]);
        c.Label(ref pvhNext);
        c.test(ecx, ecx);
        c.je(done);
        c.cmp(__dword_ptr[esi + 16], 1);
        c.jne(pvhSkip);
        c.mov(ebx, __dword_ptr[esi + 8]);
        c.mov(edx, __dword_ptr[esi + 12]);
        c.shrd(ebx, edx, 10);
        c.add(eax, ebx);
        c.Label(ref pvhSkip);
        c.add(esi, 24);
        c.dec(ecx);
        c.jmp(pvhNext);
        c.Label(ref done);
    }
}
