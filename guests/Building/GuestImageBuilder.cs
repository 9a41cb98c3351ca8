using System.Runtime.InteropServices;
using System.Text;
using Iced.Intel;

namespace Dominion.Guests.Building;

/// <summary>Builds a guest's image: an ELF32 executable that Multiboot and PVH loaders both take, from code of any bitness and data at fixed places.</summary>
/// <remarks>Data gets its address when it is added, so that code refers to it by number. Code sections follow one another from <see cref="CodeBase"/> on; the entry point is 32-bit code.</remarks>
internal sealed class GuestImageBuilder
{
    /// <summary>Where the headers and the code go.</summary>
    public const uint CodeBase = 0x10_0000;

    /// <summary>Where the data goes.</summary>
    public const uint DataBase = 0x20_0000;

    /// <summary>Where memory goes that starts as zeroes.</summary>
    public const uint ZeroBase = 0x30_0000;

    /// <summary>The length of the Multiboot header and the PVH note before the code.</summary>
    private const int HeaderLength = 0x40;

    private readonly List<byte> _code = [.. new byte[HeaderLength]];
    private readonly List<byte> _data = [];
    private List<(Func<Label> Label, uint Address)> _pointers = [];
    private uint _zeroLength;

    /// <summary>The address of the next code section.</summary>
    public uint NextCode => CodeBase + (uint)_code.Count;

    /// <summary>The address of the first instruction; must be set.</summary>
    public uint Entry { get; set; }

    /// <summary>Adds a section of code.</summary>
    /// <param name="bitness">16, 32 or 64.</param>
    /// <param name="write">Writes the instructions.</param>
    /// <returns>The section's address.</returns>
    public uint Code(int bitness, Action<Assembler> write)
    {
        Assembler assembler = new(bitness);
        List<(Func<Label> Label, uint Address)> outer = _pointers;
        _pointers = [];
        write(assembler);

        // The address is decided last: what writes this section may have added others.
        while (_code.Count % 16 != 0)
            _code.Add(0x90);
        uint address = NextCode;
        using MemoryStream stream = new();
        AssemblerResult result = assembler.Assemble(new StreamCodeWriter(stream), address, BlockEncoderOptions.ReturnNewInstructionOffsets);
        _code.AddRange(stream.ToArray());
        foreach ((Func<Label> label, uint place) in _pointers)
            BitConverter.TryWriteBytes(CollectionsMarshal.AsSpan(_data)[(int)(place - DataBase)..], (uint)result.GetLabelRIP(label()));
        _pointers = outer;
        return address;
    }

    /// <summary>Adds data.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="alignment">A power of two.</param>
    /// <returns>The address.</returns>
    public uint Data(ReadOnlySpan<byte> bytes, int alignment = 16)
    {
        while (_data.Count % alignment != 0)
            _data.Add(0);
        uint address = DataBase + (uint)_data.Count;
        _data.AddRange(bytes);
        return address;
    }

    /// <summary>Adds a doubleword that holds the address of a label of the section that is being written.</summary>
    /// <param name="label">Gives the label when the section is complete; a label is a value that changes when it is placed.</param>
    /// <returns>The doubleword's address; eight bytes are there.</returns>
    public uint PointerTo(Func<Label> label)
    {
        uint address = Data(new byte[8], 8);
        _pointers.Add((label, address));
        return address;
    }

    /// <summary>Adds a text with a terminating zero.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The address.</returns>
    public uint Text(string text) => Data([.. Encoding.ASCII.GetBytes(text), 0], 1);

    /// <summary>Adds memory that starts as zeroes.</summary>
    /// <param name="length">How many bytes.</param>
    /// <param name="alignment">A power of two.</param>
    /// <returns>The address.</returns>
    public uint Zeroes(uint length, uint alignment = 16)
    {
        uint offset = (_zeroLength + alignment - 1) & ~(alignment - 1);
        _zeroLength = offset + length;
        return ZeroBase + offset;
    }

    /// <summary>Makes the image.</summary>
    /// <returns>The file's bytes.</returns>
    public byte[] Build()
    {
        if (Entry == 0)
            throw new InvalidOperationException("the guest has no entry point");
        byte[] code = [.. _code];
        MultibootHeader.Write(code);
        XenNote.Write(code.AsSpan(XenNote.Offset), Entry);
        ElfWriter elf = new(Entry);
        elf.Load(CodeBase, code, (uint)code.Length, ElfWriter.Read | ElfWriter.Execute);
        if (_data.Count != 0)
            elf.Load(DataBase, [.. _data], (uint)_data.Count, ElfWriter.Read | ElfWriter.Write);
        if (_zeroLength != 0)
            elf.Load(ZeroBase, [], _zeroLength, ElfWriter.Read | ElfWriter.Write);
        elf.Note(CodeBase + XenNote.Offset, code.AsSpan(XenNote.Offset, XenNote.Length));
        return elf.ToArray();
    }
}
