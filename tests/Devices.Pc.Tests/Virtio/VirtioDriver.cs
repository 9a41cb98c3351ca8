using System.Buffers.Binary;
using Dominion.Buses;
using Dominion.Devices.Pc.Tests.Pci;

namespace Dominion.Devices.Pc.Tests.Virtio;

/// <summary>A small guest driver: finds the structures by their capabilities, negotiates, sets queues up and runs requests, as Virtio 1.2 says a driver does.</summary>
internal sealed class VirtioDriver
{
    public const ulong Version1 = 1UL << 32;
    public const ulong EventIndex = 1UL << 29;
    public const ulong Indirect = 1UL << 28;
    public const int QueueStride = 0x4000;
    public const ulong DataStart = 0x40000;

    private readonly TestBoard _board;
    private readonly ulong _common;
    private readonly ulong _isr;
    private readonly ulong _notify;
    private readonly uint _notifyMultiplier;
    private readonly Dictionary<int, QueueState> _queues = [];
    private ulong _nextData = DataStart;

    public VirtioDriver(TestBoard board, int device = 1)
    {
        _board = board;
        Device = device;
        for (int i = 0; i < 5; i++)
        {
            int at = board.FindCapability(device, 9, i);
            int type = (int)board.Configuration(device, at + 3, AccessWidth.Byte);
            int bar = (int)board.Configuration(device, at + 4, AccessWidth.Byte);
            ulong address = (board.Configuration(device, 0x10 + (4 * bar)) & ~0xFUL) + board.Configuration(device, at + 8);
            switch (type)
            {
                case 1:
                    _common = address;
                    break;
                case 2:
                    _notify = address;
                    _notifyMultiplier = board.Configuration(device, at + 16);
                    break;
                case 3:
                    _isr = address;
                    break;
                case 4:
                    Configuration = address;
                    break;
                default:
                    Assert.Equal(5, type);
                    break;
            }
        }

        board.SetConfiguration(device, 4, 6, AccessWidth.Word);
    }

    public int Device { get; }

    public ulong Configuration { get; }

    public ulong Features { get; private set; }

    public byte Status
    {
        get => (byte)Read(0x14, AccessWidth.Byte);
        set => Write(0x14, AccessWidth.Byte, value);
    }

    public ulong OfferedFeatures
    {
        get
        {
            Write(0, AccessWidth.Dword, 0);
            ulong low = Read(4, AccessWidth.Dword);
            Write(0, AccessWidth.Dword, 1);
            return low | (Read(4, AccessWidth.Dword) << 32);
        }
    }

    public bool NeedsReset => (Status & 64) != 0;

    public byte ReadIsr() => (byte)_board.Space.Read(_isr, AccessWidth.Byte, 0);

    public ulong Read(uint offset, AccessWidth width) => _board.Space.Read(_common + offset, width, 0);

    public void Write(uint offset, AccessWidth width, ulong value) => _board.Space.Write(_common + offset, width, value, 0);

    public void Negotiate(ulong features)
    {
        Features = features;
        Status = 0;
        Status = 1;
        Status = 3;
        Write(8, AccessWidth.Dword, 0);
        Write(12, AccessWidth.Dword, (uint)features);
        Write(8, AccessWidth.Dword, 1);
        Write(12, AccessWidth.Dword, features >> 32);
        Status = 11;
    }

    /// <summary>Brings the device up with the given features and all its queues.</summary>
    public void Start(ulong features = Version1, ushort size = 16, bool messages = false)
    {
        _queues.Clear();
        _nextData = DataStart;
        Negotiate(features);
        Assert.Equal(11, Status);
        int count = (int)Read(0x12, AccessWidth.Word);
        if (messages)
            EnableMessages(count + 1);
        for (int queue = 0; queue < count; queue++)
            SetUpQueue(queue, size, messages);
        Status = 15;
    }

    public void SetUpQueue(int queue, ushort size, bool messages = false)
    {
        Write(0x16, AccessWidth.Word, (ulong)queue);
        size = (ushort)Math.Min(size, Read(0x18, AccessWidth.Word));
        Write(0x18, AccessWidth.Word, size);
        QueueState state = new((ulong)(0x1000 + (queue * QueueStride)), size);
        _queues[queue] = state;
        _board.Space.Ram.AsSpan((int)state.Descriptors, QueueStride).Clear();
        Write(0x20, AccessWidth.Dword, state.Descriptors);
        Write(0x24, AccessWidth.Dword, 0);
        Write(0x28, AccessWidth.Qword, state.Available);
        Write(0x30, AccessWidth.Qword, state.Used);
        if (messages)
        {
            Write(0x1A, AccessWidth.Word, (ulong)queue + 1);
            Assert.Equal((ulong)queue + 1, Read(0x1A, AccessWidth.Word));
        }

        Write(0x1C, AccessWidth.Word, 1);
    }

    public QueueState Queue(int queue) => _queues[queue];

    public void Notify(int queue)
    {
        Write(0x16, AccessWidth.Word, (ulong)queue);
        ulong offset = Read(0x1E, AccessWidth.Word);
        _board.Space.Write(_notify + (offset * _notifyMultiplier), AccessWidth.Word, (ulong)queue, 0);
    }

    public ulong Allocate(int length)
    {
        ulong address = _nextData;
        _nextData += (ulong)((length + 15) & ~15);
        return address;
    }

    public ulong Place(ReadOnlySpan<byte> bytes)
    {
        ulong address = Allocate(bytes.Length);
        bytes.CopyTo(_board.Space.Ram.AsSpan((int)address));
        return address;
    }

    public Span<byte> Memory(ulong address, int length) => _board.Space.Ram.AsSpan((int)address, length);

    /// <summary>Makes a chain available, from descriptor <paramref name="head"/> on, without notifying.</summary>
    public void Offer(int queue, ushort head, params ReadOnlySpan<(ulong Address, int Length, bool Writable)> buffers)
    {
        QueueState state = _queues[queue];
        for (int i = 0; i < buffers.Length; i++)
        {
            bool last = i == buffers.Length - 1;
            WriteDescriptor(state.Descriptors, (uint)(head + i), buffers[i].Address, (uint)buffers[i].Length, (ushort)((last ? 0 : 1) | (buffers[i].Writable ? 2 : 0)), (ushort)(head + i + 1));
        }

        Publish(queue, head);
    }

    public void Publish(int queue, ushort head)
    {
        QueueState state = _queues[queue];
        BinaryPrimitives.WriteUInt16LittleEndian(Memory(state.Available + 4 + (2u * (uint)(state.NextAvailable % state.Size)), 2), head);
        state.NextAvailable++;
        BinaryPrimitives.WriteUInt16LittleEndian(Memory(state.Available + 2, 2), state.NextAvailable);
    }

    public void WriteDescriptor(ulong table, uint index, ulong address, uint length, ushort flags, ushort next)
    {
        Span<byte> bytes = Memory(table + (16 * index), 16);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, address);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[12..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], next);
    }

    /// <summary>Takes the next used element, or null.</summary>
    public (uint Head, uint Written)? TakeUsed(int queue)
    {
        QueueState state = _queues[queue];
        if (UsedIndex(queue) == state.NextUsed)
            return null;
        ReadOnlySpan<byte> element = Memory(state.Used + 4 + (8u * (uint)(state.NextUsed % state.Size)), 8);
        state.NextUsed++;
        return (BinaryPrimitives.ReadUInt32LittleEndian(element), BinaryPrimitives.ReadUInt32LittleEndian(element[4..]));
    }

    public ushort UsedIndex(int queue) => BinaryPrimitives.ReadUInt16LittleEndian(Memory(_queues[queue].Used + 2, 2));

    private void EnableMessages(int count)
    {
        int at = _board.FindCapability(Device, 0x11);
        uint location = _board.Configuration(Device, at + 4);
        ulong table = _board.Configuration(Device, 0x10 + (4 * (int)(location & 7))) + (location & ~7u);
        for (uint vector = 0; vector < count; vector++)
        {
            _board.Space.Write(table + (16 * vector), AccessWidth.Dword, 0xFEE0_0000, 0);
            _board.Space.Write(table + (16 * vector) + 8, AccessWidth.Dword, 0x40 + vector, 0);
            _board.Space.Write(table + (16 * vector) + 12, AccessWidth.Dword, 0, 0);
        }

        _board.SetConfiguration(Device, at + 2, 0x8000, AccessWidth.Word);
        Write(0x10, AccessWidth.Word, 0);
    }

    internal sealed class QueueState(ulong start, ushort size)
    {
        public ulong Descriptors { get; } = start;

        public ulong Available { get; } = start + 0x1000;

        public ulong Used { get; } = start + 0x2000;

        public ushort Size { get; } = size;

        public ushort NextAvailable { get; set; }

        public ushort NextUsed { get; set; }
    }
}
