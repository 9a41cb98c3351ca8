using System.Text;
using Iced.Intel;

namespace Dominion.Guests.Pv;

/// <summary>Builds the image of a 64-bit paravirtual kernel: the hypercall page, code behind it, and data at fixed places.</summary>
/// <remarks>Data gets its address when it is added, so that code refers to it by number. Code sections follow one another.</remarks>
internal sealed class PvImageBuilder
{
    /// <summary>The virtual address of pseudo-physical address 0.</summary>
    public const ulong VirtualBase = 0xFFFF_FFFF_8000_0000;

    /// <summary>Where the stubs go that the VMM writes, 32 bytes each.</summary>
    public const ulong HypercallPage = VirtualBase + CodePhysical;

    private const ulong CodePhysical = 0x10_0000;
    private const ulong DataPhysical = 0x14_0000;
    private const ulong ZeroPhysical = 0x18_0000;
    private const int PageSize = 0x1000;
    private const int StubSize = 32;

    // INT3 for what calls a stub that nobody wrote.
    private readonly List<byte> _code = [.. Enumerable.Repeat((byte)0xCC, PageSize)];
    private readonly List<byte> _data = [];
    private ulong _zeroLength;

    /// <summary>The address of the first instruction; must be set.</summary>
    public ulong Entry { get; set; }

    /// <summary>The address of a hypercall's stub: arguments in RDI, RSI, RDX, R10, R8, the result in RAX; RCX and R11 are lost.</summary>
    /// <param name="number">The hypercall's number.</param>
    public static ulong Stub(int number) => HypercallPage + (ulong)(number * StubSize);

    /// <summary>Adds a section of 64-bit code.</summary>
    /// <param name="write">Writes the instructions.</param>
    /// <returns>The section's address.</returns>
    public ulong Code(Action<Assembler> write)
    {
        Assembler assembler = new(64);
        write(assembler);

        // The address is decided last: what writes this section may have added others.
        while (_code.Count % 16 != 0)
            _code.Add(0x90);
        ulong address = VirtualBase + CodePhysical + (ulong)_code.Count;
        using MemoryStream stream = new();
        assembler.Assemble(new StreamCodeWriter(stream), address);
        _code.AddRange(stream.ToArray());
        return CodePhysical + (ulong)_code.Count <= DataPhysical ? address : throw new InvalidOperationException("the guest has too much code");
    }

    /// <summary>Adds data.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="alignment">A power of two.</param>
    /// <returns>The address.</returns>
    public ulong Data(ReadOnlySpan<byte> bytes, int alignment = 16)
    {
        while (_data.Count % alignment != 0)
            _data.Add(0);
        ulong address = VirtualBase + DataPhysical + (ulong)_data.Count;
        _data.AddRange(bytes);
        return DataPhysical + (ulong)_data.Count <= ZeroPhysical ? address : throw new InvalidOperationException("the guest has too much data");
    }

    /// <summary>Adds a text with a terminating zero.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The address.</returns>
    public ulong Text(string text) => Data([.. Encoding.ASCII.GetBytes(text), 0], 1);

    /// <summary>Adds memory that starts as zeroes.</summary>
    /// <param name="length">How many bytes.</param>
    /// <param name="alignment">A power of two.</param>
    /// <returns>The address.</returns>
    public ulong Zeroes(ulong length, ulong alignment = 16)
    {
        ulong offset = (_zeroLength + alignment - 1) & ~(alignment - 1);
        _zeroLength = offset + length;
        return VirtualBase + ZeroPhysical + offset;
    }

    /// <summary>Makes the image.</summary>
    /// <returns>The file's bytes.</returns>
    public byte[] Build()
    {
        if (Entry == 0)
            throw new InvalidOperationException("the guest has no entry point");
        Elf64Writer elf = new(Entry);
        elf.Load(VirtualBase + CodePhysical, CodePhysical, [.. _code], (ulong)_code.Count, Elf64Writer.Read | Elf64Writer.Execute);
        if (_data.Count != 0)
            elf.Load(VirtualBase + DataPhysical, DataPhysical, [.. _data], (ulong)_data.Count, Elf64Writer.Read | Elf64Writer.Write);
        if (_zeroLength != 0)
            elf.Load(VirtualBase + ZeroPhysical, ZeroPhysical, [], _zeroLength, Elf64Writer.Read | Elf64Writer.Write);
        elf.Note(PvNotes.Make(Entry, HypercallPage, VirtualBase));
        return elf.ToArray();
    }
}
