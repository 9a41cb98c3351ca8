using System.Numerics;
using Dominion.Buses;
using Dominion.Devices.Pci;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Pci;

/// <summary>
/// A function's MSI-X table and pending bits (PCI Local Bus 3.0, 6.8.2), in a memory BAR of their own: the table in its first half, the pending bits in its second.
/// <code>
/// entry +0   message address, bits 1–0 zero
/// entry +4   message upper address
/// entry +8   message data
/// entry +12  vector control: bit 0 masks the vector; 1 after reset
/// </code>
/// </summary>
internal sealed class PciMessageTable : IBusTarget, IPersistent
{
    /// <summary>Message control bit 14: every vector is masked.</summary>
    public const ushort FunctionMask = 1 << 14;

    /// <summary>Message control bit 15: MSI-X is on.</summary>
    public const ushort Enable = 1 << 15;

    private const int EntryDwords = 4;
    private const int ControlDword = 3;
    private const int MostMessages = 2048;
    private const uint VectorMask = 1;

    private readonly int _count;
    private readonly uint[] _entries;
    private readonly uint[] _pending;
    private readonly ulong _pendingOffset;
    private IMessageInterrupts? _messages;
    private bool _busMaster;
    private ushort _control;

    private PciMessageTable(int count)
    {
        _count = count;
        _entries = new uint[count * EntryDwords];
        _pending = new uint[(count + 63) / 64 * 2];
        Size = Math.Max(4096, 2 * BitOperations.RoundUpToPowerOf2((ulong)count * EntryDwords * sizeof(uint)));
        _pendingOffset = Size / 2;
        Reset();
    }

    /// <summary>The size of the BAR.</summary>
    public ulong Size { get; }

    /// <summary>Whether MSI-X is on.</summary>
    public bool IsEnabled => (_control & Enable) != 0;

    private bool CanSend => (_control & (Enable | FunctionMask)) == Enable && _busMaster;

    /// <summary>Adds to a function that has messages what MSI-X takes: a BAR, the first free one, and a capability, the last one.</summary>
    /// <param name="descriptor">The function as its device describes it.</param>
    /// <param name="table">The table, or null when the function has no messages.</param>
    /// <returns>The function with MSI-X.</returns>
    public static PciDescriptor Complete(PciDescriptor descriptor, out PciMessageTable? table)
    {
        table = null;
        if (descriptor.MessageCount == 0)
            return descriptor;
        ArgumentOutOfRangeException.ThrowIfNegative(descriptor.MessageCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptor.MessageCount, MostMessages);
        int index = Enumerable.Range(0, 6).FirstOrDefault(i => !descriptor.Bars.Any(bar => Occupies(bar, i)), -1);
        if (index < 0)
            throw new ArgumentException("no base address register is left for the MSI-X table", nameof(descriptor));
        table = new PciMessageTable(descriptor.MessageCount);
        byte[] body = new byte[10];
        BitConverter.TryWriteBytes(body.AsSpan(0), (ushort)(descriptor.MessageCount - 1));
        BitConverter.TryWriteBytes(body.AsSpan(2), index);
        BitConverter.TryWriteBytes(body.AsSpan(6), (uint)table._pendingOffset | (uint)index);
        return descriptor with
        {
            Bars = [.. descriptor.Bars, new PciBar(index, PciBarKind.Memory32, table.Size, table)],
            Capabilities = [.. descriptor.Capabilities, new PciCapability(PciRegister.MessageCapabilityId, body)],
        };
    }

    /// <summary>Says where messages go.</summary>
    /// <param name="messages">The interrupt controllers.</param>
    public void Connect(IMessageInterrupts messages) => _messages = messages;

    /// <summary>Takes the state after power-on: every vector masked, nothing pending, MSI-X off.</summary>
    public void Reset()
    {
        _entries.AsSpan().Clear();
        _pending.AsSpan().Clear();
        for (int vector = 0; vector < _count; vector++)
            _entries[(vector * EntryDwords) + ControlDword] = VectorMask;
        _control = 0;
    }

    /// <summary>Follows the capability's message control and the command register; what was pending goes out when that allows it.</summary>
    /// <param name="control">Message control.</param>
    /// <param name="busMaster">Whether the function may master the bus: a message is a write to memory.</param>
    public void Update(ushort control, bool busMaster)
    {
        bool could = CanSend;
        _control = control;
        _busMaster = busMaster;
        if (could || !CanSend)
            return;
        for (int vector = 0; vector < _count; vector++)
            SendPending(vector);
    }

    /// <summary>Signals a vector: sends its message, or keeps it pending while masked.</summary>
    /// <param name="vector">The vector; one that does not exist is ignored.</param>
    public void Signal(int vector)
    {
        if ((uint)vector >= (uint)_count || !IsEnabled)
            return;
        _pending[vector >> 5] |= 1u << (vector & 31);
        if (CanSend)
            SendPending(vector);
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access)
    {
        ulong value = 0;
        for (int done = 0; done < (int)access.Width;)
        {
            ulong offset = access.Offset + (uint)done;
            int shift = (int)(offset & 3) * 8;
            value |= (ulong)(ReadDword(offset & ~3UL) >> shift) << (8 * done);
            done += 4 - (int)(offset & 3);
        }

        return value;
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        for (int done = 0; done < (int)access.Width;)
        {
            ulong offset = access.Offset + (uint)done;
            int shift = (int)(offset & 3) * 8;
            int bytes = Math.Min((int)access.Width - done, 4 - (int)(offset & 3));
            uint mask = (uint.MaxValue >> (32 - (8 * bytes))) << shift;
            WriteDword(offset & ~3UL, (uint)(value >> (8 * done)) << shift, mask);
            done += bytes;
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        foreach (uint dword in _entries)
            writer.Write(dword);
        foreach (uint dword in _pending)
            writer.Write(dword);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        for (int i = 0; i < _entries.Length; i++)
            _entries[i] = reader.ReadUInt32();
        for (int i = 0; i < _pending.Length; i++)
            _pending[i] = reader.ReadUInt32();
    }

    /// <summary>Takes message control and bus mastering from restored configuration space, without sending anything.</summary>
    /// <param name="control">Message control.</param>
    /// <param name="busMaster">Whether the function may master the bus.</param>
    public void Adopt(ushort control, bool busMaster)
    {
        _control = control;
        _busMaster = busMaster;
    }

    private static bool Occupies(PciBar bar, int index) =>
        bar.Index == index || (bar.Index + 1 == index && bar.Kind is PciBarKind.Memory64 or PciBarKind.Memory64Prefetchable);

    private uint ReadDword(ulong offset)
    {
        if (offset < (ulong)_entries.Length * sizeof(uint))
            return _entries[offset / sizeof(uint)];
        ulong pending = offset - _pendingOffset;
        return offset >= _pendingOffset && pending < (ulong)_pending.Length * sizeof(uint) ? _pending[pending / sizeof(uint)] : 0;
    }

    // The pending bits are read-only, and so is what lies between.
    private void WriteDword(ulong offset, uint value, uint mask)
    {
        if (offset >= (ulong)_entries.Length * sizeof(uint))
            return;
        int index = (int)(offset / sizeof(uint));
        uint allowed = (index % EntryDwords) switch
        {
            0 => ~3u,
            ControlDword => VectorMask,
            _ => uint.MaxValue,
        };
        _entries[index] = (_entries[index] & ~mask) | (value & mask & allowed);
        if (index % EntryDwords == ControlDword && CanSend)
            SendPending(index / EntryDwords);
    }

    private void SendPending(int vector)
    {
        ref uint pending = ref _pending[vector >> 5];
        uint bit = 1u << (vector & 31);
        ReadOnlySpan<uint> entry = _entries.AsSpan(vector * EntryDwords, EntryDwords);
        if ((pending & bit) == 0 || (entry[ControlDword] & VectorMask) != 0)
            return;
        pending &= ~bit;
        _messages!.Send(((ulong)entry[1] << 32) | entry[0], entry[2]);
    }
}
