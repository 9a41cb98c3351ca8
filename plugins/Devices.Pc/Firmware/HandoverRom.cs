namespace Dominion.Devices.Pc.Firmware;

/// <summary>An expansion ROM with a boot entry vector (Plug and Play BIOS 1.0A, 3.2): what the firmware calls to boot. It hands the firmware's memory map to <see cref="FirmwareHandover"/>, has it load, and enters what was loaded.</summary>
internal static class HandoverRom
{
    private const int Length = 512;
    private const int HeaderPointer = 0x1A;
    private const int Header = 0x20;
    private const int HeaderLength = 0x20;
    private const int ProductName = 0x40;
    private const int BootEntry = 0x50;

    /// <summary>The ROM's image.</summary>
    /// <returns>512 bytes whose sum is 0.</returns>
    public static byte[] Build()
    {
        byte[] rom = new byte[Length];
        // Signature, length in units of 512 bytes; the initialization: xor ax, ax; retf.
        ReadOnlySpan<byte> start = [0x55, 0xAA, Length / 512, 0x31, 0xC0, 0xCB];
        start.CopyTo(rom);
        rom[HeaderPointer] = Header;
        Span<byte> header = rom.AsSpan(Header, HeaderLength);
        "$PnP"u8.CopyTo(header);
        header[4] = 1;
        header[5] = HeaderLength / 16;
        header[0x10] = ProductName;
        header[0x1A] = BootEntry;
        header[9] = Checksum(header);
        "Dominion"u8.CopyTo(rom.AsSpan(ProductName));
        Code.CopyTo(rom.AsSpan(BootEntry));
        rom[^1] = Checksum(rom);
        return rom;
    }

    private static ReadOnlySpan<byte> Code =>
    [
        0xFC,                                           // cld
        0x31, 0xC0,                                     // xor ax, ax
        0x8E, 0xD8,                                     // mov ds, ax
        0x8E, 0xC0,                                     // mov es, ax
        0x8E, 0xD0,                                     // mov ss, ax
        0xBC, 0x00, 0x7C,                               // mov sp, 7C00h
        0x66, 0x31, 0xDB,                               // xor ebx, ebx
        // Each entry of INT 15h, E820h (ACPI 6.5, 15.1), dword by dword. next:
        0x66, 0xB8, 0x20, 0xE8, 0x00, 0x00,             // mov eax, 0E820h
        0x66, 0xB9, 0x14, 0x00, 0x00, 0x00,             // mov ecx, 20
        0x66, 0xBA, 0x50, 0x41, 0x4D, 0x53,             // mov edx, 'SMAP'
        0xBF, 0x00, 0x7C,                               // mov di, 7C00h
        0xCD, 0x15,                                     // int 15h
        0x72, 0x11,                                     // jc done
        0xBE, 0x00, 0x7C,                               // mov si, 7C00h
        0xB9, 0x05, 0x00,                               // mov cx, 5
        0xBA, 0x20, 0x05,                               // mov dx, MapPort
        0x66, 0xF3, 0x6F,                               // rep outsd
        0x66, 0x85, 0xDB,                               // test ebx, ebx
        0x75, 0xD6,                                     // jnz next
        // Load, and fetch the way in. done:
        0xFA,                                           // cli
        0xBA, 0x24, 0x05,                               // mov dx, LoadPort
        0xEE,                                           // out dx, al
        0xB2, 0x28, 0x66, 0xED,                         // mov dl, 28h; in eax, dx: EIP
        0x66, 0x85, 0xC0,                               // test eax, eax
        0x74, 0x4D,                                     // jz halt
        0x66, 0x89, 0xC7,                               // mov edi, eax
        0xB2, 0x30, 0x66, 0xED, 0x66, 0x89, 0xC3,       // mov dl, 30h; in eax, dx; mov ebx, eax
        0xB2, 0x34, 0x66, 0xED, 0x66, 0x89, 0xC6,       // mov dl, 34h; in eax, dx; mov esi, eax
        0xB2, 0x2C, 0x66, 0xED, 0x66, 0x89, 0xC1,       // mov dl, 2Ch; in eax, dx; mov ecx, eax: EAX
        0xB2, 0x38, 0x66, 0xED, 0x66, 0x89, 0xC5,       // mov dl, 38h; in eax, dx; mov ebp, eax: the descriptor table
        0xC7, 0x06, 0x00, 0x7C, 0x27, 0x00,             // mov word [7C00h], 27h
        0x66, 0xA3, 0x02, 0x7C,                         // mov [7C02h], eax
        0x66, 0x0F, 0x01, 0x16, 0x00, 0x7C,             // lgdt [7C00h], with 32 bits of base
        // To protected mode, by a far return to where this ROM was put.
        0x66, 0x31, 0xC0,                               // xor eax, eax
        0x8C, 0xC8,                                     // mov ax, cs
        0x66, 0xC1, 0xE0, 0x04,                         // shl eax, 4
        0x66, 0x05, 0xE7, 0x00, 0x00, 0x00,             // add eax, protected
        0x66, 0x6A, 0x10,                               // push dword 10h
        0x66, 0x50,                                     // push eax
        0x0F, 0x20, 0xC0,                               // mov eax, cr0
        0x0C, 0x01,                                     // or al, 1
        0x0F, 0x22, 0xC0,                               // mov cr0, eax
        0x66, 0xCB,                                     // retf
        0xF4, 0xEB, 0xFD,                               // halt: hlt; jmp halt
        // protected: flat segments, the task-state segment, then the kernel with the registers that it is given.
        0x66, 0xB8, 0x18, 0x00,                         // mov ax, 18h
        0x8E, 0xD8, 0x8E, 0xC0, 0x8E, 0xE0, 0x8E, 0xE8, // mov ds, es, fs, gs
        0x8E, 0xD0,                                     // mov ss, ax
        0xBC, 0x00, 0x7C, 0x00, 0x00,                   // mov esp, 7C00h
        0x80, 0x65, 0x25, 0xFD,                         // and byte [ebp + 25h], not 2: the segment is not busy yet
        0x66, 0xB8, 0x20, 0x00,                         // mov ax, 20h
        0x0F, 0x00, 0xD8,                               // ltr ax
        0x89, 0xC8,                                     // mov eax, ecx
        0x57,                                           // push edi
        0x31, 0xC9, 0x31, 0xD2, 0x31, 0xFF, 0x31, 0xED, // xor ecx, edx, edi, ebp
        0xC3,                                           // ret
    ];

    private static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte part in bytes)
            sum += part;
        return (byte)-sum;
    }
}
