using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Building;

/// <summary>Takes a 32-bit guest to 64-bit mode: the first GiB mapped one to one with 2 MiB pages, flat segments (SDM volume 3A, 9.8.5).</summary>
internal sealed class LongMode
{
    private const ulong Code64 = 0x00AF_9B00_0000_FFFF;
    private const ulong Data = 0x00CF_9300_0000_FFFF;
    private const uint PresentWritable = 3;
    private const uint Large = 0x80;

    private readonly GuestImageBuilder _image;
    private readonly uint _tables;
    private readonly uint _descriptors;

    /// <summary>Reserves the tables in an image.</summary>
    public LongMode(GuestImageBuilder image)
    {
        _image = image;
        _tables = image.Zeroes(3 * 4096, 4096);
        byte[] gdt = new byte[24];
        BitConverter.TryWriteBytes(gdt.AsSpan(8), Code64);
        BitConverter.TryWriteBytes(gdt.AsSpan(16), Data);
        uint table = image.Data(gdt);
        byte[] pointer = new byte[6];
        BitConverter.TryWriteBytes(pointer.AsSpan(0), (ushort)(gdt.Length - 1));
        BitConverter.TryWriteBytes(pointer.AsSpan(2), table);
        _descriptors = image.Data(pointer);
    }

    /// <summary>Writes the switch; control goes on at 64-bit code.</summary>
    /// <param name="c">The 32-bit code.</param>
    /// <param name="target">The address of the 64-bit code.</param>
    public void Enter(Assembler c, uint target)
    {
        Label fill = c.CreateLabel();
        c.mov(__dword_ptr[_tables], _tables + 0x1000 + PresentWritable);
        c.mov(__dword_ptr[_tables + 0x1000], _tables + 0x2000 + PresentWritable);
        c.mov(edi, _tables + 0x2000);
        c.mov(eax, PresentWritable | Large);
        c.mov(ecx, 512);
        c.Label(ref fill);
        c.mov(__[edi], eax);
        c.add(eax, 0x20_0000);
        c.add(edi, 8);
        c.dec(ecx);
        c.jne(fill);
        c.mov(eax, _tables);
        c.mov(cr3, eax);
        c.mov(eax, cr4);
        c.or(eax, 0x20);
        c.mov(cr4, eax);
        c.mov(ecx, 0xC000_0080);
        c.rdmsr();
        c.or(eax, 0x100);
        c.wrmsr();
        c.mov(eax, cr0);
        c.or(eax, 0x8000_0000u);
        c.mov(cr0, eax);
        c.lgdt(__[_descriptors]);
        c.mov(eax, 0x10);
        c.mov(ds, ax);
        c.mov(es, ax);
        c.mov(ss, ax);
        uint pointer = FarPointer(target);
        c.jmp(__fword_ptr[pointer]);
    }

    private uint FarPointer(uint target)
    {
        byte[] pointer = new byte[6];
        BitConverter.TryWriteBytes(pointer.AsSpan(0), target);
        BitConverter.TryWriteBytes(pointer.AsSpan(4), (ushort)8);
        return _image.Data(pointer);
    }
}
