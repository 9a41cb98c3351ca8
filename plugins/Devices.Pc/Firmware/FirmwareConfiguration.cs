using System.Buffers.Binary;
using System.Text;
using Dominion.Buses;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>The firmware configuration device (QEMU, docs/specs/fw_cfg.rst): items that the firmware reads by number, files that it finds by name, through ports or by DMA. Everything is read-only.</summary>
internal sealed class FirmwareConfiguration : IDevice
{
    /// <summary>The item with the size of memory in bytes, 64 bits.</summary>
    public const ushort MemorySize = 0x03;

    /// <summary>The item with the number of processors that are there at start, 16 bits.</summary>
    public const ushort ProcessorCount = 0x05;

    /// <summary>The item that says whether firmware shows a boot menu, 16 bits.</summary>
    public const ushort BootMenu = 0x0E;

    /// <summary>The item with the number of processors at most, 16 bits.</summary>
    public const ushort MaximumProcessorCount = 0x0F;

    private const ushort Signature = 0x00;
    private const ushort Features = 0x01;
    private const ushort FileDirectory = 0x19;
    private const ushort FirstFile = 0x20;
    private const int FileNameLength = 56;
    private const uint TraditionalInterface = 1;
    private const uint DmaInterface = 2;
    private const ushort SelectorPort = 0x510;
    private const ushort DmaPort = 0x514;

    private const uint DmaError = 1;
    private const uint DmaRead = 2;
    private const uint DmaSkip = 4;
    private const uint DmaSelect = 8;
    private const uint DmaWrite = 16;

    private readonly IGuestMemory _memory;
    private readonly SortedDictionary<ushort, byte[]> _items = [];
    private readonly List<(string Name, ushort Key, int Length)> _files = [];
    private readonly IBusMapping[] _mappings;
    private ushort _selected;
    private uint _position;
    private uint _dmaHigh;

    /// <summary>Puts the ports in place.</summary>
    /// <param name="context">What the board gives.</param>
    public FirmwareConfiguration(IDeviceContext context)
    {
        _memory = context.Memory;
        _items[Signature] = "QEMU"u8.ToArray();
        _items[Features] = LittleEndian(TraditionalInterface | DmaInterface, 4);
        BuildDirectory();
        _mappings =
        [
            context.Ports.Map(SelectorPort, 2, new SelectorPorts(this), context.Name),
            context.Ports.Map(DmaPort, 8, new DmaPorts(this), $"{context.Name}-dma"),
        ];
    }

    /// <summary>Adds an item.</summary>
    /// <param name="key">Its number.</param>
    /// <param name="value">Its value.</param>
    /// <param name="bytes">Its width in bytes; items are little-endian.</param>
    public void AddItem(ushort key, ulong value, int bytes) => _items[key] = LittleEndian(value, bytes);

    /// <summary>Adds a file.</summary>
    /// <param name="name">Its name, at most 55 characters of ASCII.</param>
    /// <param name="content">Its content.</param>
    public void AddFile(string name, byte[] content)
    {
        if (name.Length >= FileNameLength)
            throw new ArgumentException($"the name '{name}' is too long", nameof(name));
        ushort key = (ushort)(FirstFile + _files.Count);
        _files.Add((name, key, content.Length));
        _items[key] = content;
        BuildDirectory();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _selected = 0;
        _position = 0;
        _dmaHigh = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("fw-cfg", 1);
        writer.Write((uint)_selected);
        writer.Write(_position);
        writer.Write(_dmaHigh);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("fw-cfg", 1);
        _selected = (ushort)reader.ReadUInt32();
        _position = reader.ReadUInt32();
        _dmaHigh = reader.ReadUInt32();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBusMapping mapping in _mappings)
            mapping.Dispose();
    }

    private static byte[] LittleEndian(ulong value, int bytes)
    {
        byte[] all = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(all, value);
        return all[..bytes];
    }

    private void BuildDirectory()
    {
        const int EntryLength = 8 + FileNameLength;
        byte[] directory = new byte[4 + (_files.Count * EntryLength)];
        BinaryPrimitives.WriteUInt32BigEndian(directory, (uint)_files.Count);
        for (int i = 0; i < _files.Count; i++)
        {
            Span<byte> entry = directory.AsSpan(4 + (i * EntryLength), EntryLength);
            BinaryPrimitives.WriteUInt32BigEndian(entry, (uint)_files[i].Length);
            BinaryPrimitives.WriteUInt16BigEndian(entry[4..], _files[i].Key);
            Encoding.ASCII.GetBytes(_files[i].Name, entry[8..]);
        }

        _items[FileDirectory] = directory;
    }

    private void Select(ushort key)
    {
        _selected = key;
        _position = 0;
    }

    // What is not there, and what comes after an item's end, reads as 0.
    private byte ReadByte()
    {
        byte value = _items.TryGetValue(_selected, out byte[]? item) && _position < item.Length ? item[_position] : (byte)0;
        Advance(1);
        return value;
    }

    private void Advance(uint count) => _position = count > uint.MaxValue - _position ? uint.MaxValue : _position + count;

    private void RunDma(uint low)
    {
        ulong address = ((ulong)_dmaHigh << 32) | low;
        _dmaHigh = 0;
        Span<byte> command = stackalloc byte[16];
        if (!_memory.TryRead(address, command))
            return;
        uint control = BinaryPrimitives.ReadUInt32BigEndian(command);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(command[4..]);
        ulong target = BinaryPrimitives.ReadUInt64BigEndian(command[8..]);
        if ((control & DmaSelect) != 0)
            Select((ushort)(control >> 16));
        bool done = true;
        if ((control & DmaRead) != 0)
            done = TryCopy(target, length);
        else if ((control & DmaWrite) != 0)
            done = length == 0;
        else if ((control & DmaSkip) != 0)
            Advance(length);
        BinaryPrimitives.WriteUInt32BigEndian(command, done ? 0 : DmaError);

        // The guest took its command's memory away meanwhile: then nobody waits for the answer.
        _ = _memory.TryWrite(address, command[..4]);
    }

    // Ends at the first byte that is no RAM, so that a length without sense costs no more than the guest has RAM.
    private bool TryCopy(ulong target, uint length)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[512];
        while (length != 0)
        {
            ReadOnlySpan<byte> rest = _items.TryGetValue(_selected, out byte[]? item) && _position < item.Length ? item.AsSpan((int)_position) : zeros;
            ReadOnlySpan<byte> part = rest[..(int)Math.Min(length, (uint)rest.Length)];
            if (!_memory.TryWrite(target, part))
                return false;
            target += (ulong)part.Length;
            length -= (uint)part.Length;
            Advance((uint)part.Length);
        }

        return true;
    }

    /// <summary>The selector, 16 bits wide, and the data port of one byte after its first.</summary>
    private sealed class SelectorPorts(FirmwareConfiguration device) : IBusTarget
    {
        public ulong Read(in BusAccess access) => access is { Offset: 1, Width: AccessWidth.Byte } ? device.ReadByte() : ulong.MaxValue;

        public void Write(in BusAccess access, ulong value)
        {
            if (access is { Offset: 0, Width: AccessWidth.Word })
                device.Select((ushort)value);
        }
    }

    /// <summary>The address of a DMA command, big-endian: writing the low half starts it. Reads as a signature.</summary>
    private sealed class DmaPorts(FirmwareConfiguration device) : IBusTarget
    {
        public ulong Read(in BusAccess access)
        {
            ulong value = 0;
            for (int i = 0; i < (int)access.Width; i++)
                value |= (ulong)"QEMU CFG"u8[(int)access.Offset + i] << (8 * i);
            return value;
        }

        public void Write(in BusAccess access, ulong value)
        {
            if (access.Width != AccessWidth.Dword)
                return;
            uint part = BinaryPrimitives.ReverseEndianness((uint)value);
            if (access.Offset == 0)
                device._dmaHigh = part;
            else if (access.Offset == 4)
                device.RunDma(part);
        }
    }
}
