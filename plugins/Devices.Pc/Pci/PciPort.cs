using System.Buffers.Binary;
using Dominion.Devices.Pci;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Pci;

/// <summary>A function's place on the bus: its configuration space with a type 0 header, its base address registers, its MSI-X and its interrupt pin.</summary>
internal sealed class PciPort : IPciPort, IPersistent, IDisposable
{
    // PCI Local Bus 3.0, 6.2.4: 255 means that the pin reaches no input of the 8259 pair. On this board pins go to the I/O APIC only, and _PRT says where.
    private const byte NoInterruptLine = 0xFF;

    private readonly PciDescriptor _descriptor;
    private readonly IPciFunction _function;
    private readonly PciBaseAddress[] _bars;
    private readonly PciExpansionRom? _rom;
    private readonly PciMessageTable? _table;
    private readonly PciMessageCapability? _message;
    private readonly PciBusMasterMemory _memory;
    private readonly IInterruptLine? _line;
    private readonly byte[] _bytes = new byte[PciRegister.Length];
    private readonly byte[] _writable = new byte[PciRegister.Length];
    private readonly byte[] _initial;
    private readonly int[] _capabilityOffsets;
    private bool _asserted;

    /// <summary>Puts a function on the bus. What is wrong with the descriptor is its author's defect: an <see cref="ArgumentException"/>.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="descriptor">What the function is, MSI-X included.</param>
    /// <param name="function">What is told of changes.</param>
    /// <param name="deviceNumber">The device number.</param>
    /// <param name="addresses">The address of each BAR of the descriptor after reset.</param>
    /// <param name="table">The MSI-X table, or null.</param>
    /// <param name="romAddress">The address of the expansion ROM after reset, if there is one.</param>
    public PciPort(IDeviceContext context, PciDescriptor descriptor, IPciFunction function, int deviceNumber, ulong[] addresses, PciMessageTable? table = null, ulong romAddress = 0)
    {
        _descriptor = descriptor;
        _function = function;
        DeviceNumber = deviceNumber;
        _table = table;
        ushort requester = (ushort)(deviceNumber << 3);
        IMessageInterrupts messages = context.Iommu?.GetMessages(requester) ?? context.Messages;
        _table?.Connect(messages);
        _memory = new PciBusMasterMemory(context.Iommu?.GetMemory(requester) ?? context.Memory);
        _line = descriptor.HasInterruptPin ? context.GetInterruptLine(PciLayout.GetPinInterrupt(deviceNumber, 0)) : null;
        _bars = descriptor.Bars.Select((bar, i) => new PciBaseAddress(context, bar, addresses[i], $"pci-{deviceNumber:x2}.0-bar{bar.Index}")).ToArray();
        _rom = descriptor.ExpansionRom.IsEmpty ? null : new PciExpansionRom(context, descriptor.ExpansionRom, romAddress, $"pci-{deviceNumber:x2}.0-rom");
        _capabilityOffsets = new int[descriptor.Capabilities.Count];
        BuildHeader();
        BuildBars();
        BuildCapabilities(BuildDeviceRegisters());
        if (descriptor.HasMessageSignal)
            _message = new PciMessageCapability(messages, _bytes, _writable, _capabilityOffsets[PciMessageCapability.IndexIn(descriptor)]);
        _initial = _bytes.ToArray();
        Apply();
    }

    /// <inheritdoc/>
    public int DeviceNumber { get; }

    /// <inheritdoc/>
    public IGuestMemory Memory => _memory;

    /// <inheritdoc/>
    public bool MessagesEnabled => _table is { IsEnabled: true } || _message is { IsEnabled: true };

    private ushort Command => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(PciRegister.Command));

    private bool IsBusMaster => (Command & PciRegister.CommandBusMaster) != 0;

    // MSI-X is always the last capability; message control is its first field.
    private int MessageControlOffset => _capabilityOffsets[^1] + 2;

    /// <inheritdoc/>
    public void Signal(int vector)
    {
        if (_table is { IsEnabled: true } table)
            table.Signal(vector);
        else if (_message is { IsEnabled: true } message && IsBusMaster)
            message.Send();
    }

    /// <inheritdoc/>
    public void SetInterrupt(bool asserted)
    {
        if (_line is null)
            return;
        _asserted = asserted;
        UpdatePin();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _initial.CopyTo(_bytes, 0);
        _asserted = false;
        _table?.Reset();
        Apply();
    }

    /// <summary>Reads configuration space.</summary>
    /// <param name="offset">The offset, 0 to 4095; aligned to the width. There is no extended capability, so everything from 256 on reads as 0 (PCI Express Base 3.0, 7.9.1).</param>
    /// <param name="width">1, 2 or 4 bytes.</param>
    /// <returns>The value.</returns>
    public uint Read(int offset, int width)
    {
        if (offset >= PciRegister.Length)
            return 0;
        uint value = 0;
        for (int i = 0; i < width; i++)
            value |= (uint)_bytes[offset + i] << (8 * i);
        if (offset < PciRegister.FirstCapability || FindLiveCapability(offset, width) is not int index)
            return value;

        // A dword over the capability's header has two bytes of its body, which are the function's.
        int inner = offset - _capabilityOffsets[index];
        if (inner >= 2)
            return _function.ReadCapability(index, inner, width);
        return width == 4 ? (value & 0xFFFF) | (_function.ReadCapability(index, 2, 2) << 16) : value;
    }

    /// <summary>Writes configuration space.</summary>
    /// <param name="offset">The offset, 0 to 4095; aligned to the width.</param>
    /// <param name="width">1, 2 or 4 bytes.</param>
    /// <param name="value">The value; bits above the width are zero.</param>
    public void Write(int offset, int width, uint value)
    {
        if (offset >= PciRegister.Length)
            return;
        if (offset >= PciRegister.FirstCapability && FindLiveCapability(offset, width) is int index)
        {
            int inner = offset - _capabilityOffsets[index];
            if (inner >= 2)
                _function.WriteCapability(index, inner, width, value);
            else if (width == 4)
                _function.WriteCapability(index, 2, 2, value >> 16);
            return;
        }

        for (int i = 0; i < width; i++)
        {
            byte mask = _writable[offset + i];
            _bytes[offset + i] = (byte)((_bytes[offset + i] & ~mask) | ((byte)(value >> (8 * i)) & mask));
        }

        bool matters = (offset & ~3) == PciRegister.Command
            || offset is >= PciRegister.BaseAddress0 and < PciRegister.BaseAddress0 + 24
            || (offset & ~3) == PciRegister.ExpansionRom
            || (_table is not null && (offset & ~3) == (MessageControlOffset & ~3))
            || (_message is not null && (offset & ~3) == _message.Offset);
        if (matters)
            Apply();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_bytes.AsSpan());
        writer.Write(_asserted);
        _table?.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        byte[] bytes = reader.ReadBytes();
        if (bytes.Length != PciRegister.Length)
            throw new InvalidDataException($"a configuration space of {bytes.Length} bytes");
        for (int i = 0; i < bytes.Length; i++)
        {
            if (((bytes[i] ^ _initial[i]) & ~_writable[i] & ~StatusBits(i)) != 0)
                throw new InvalidDataException($"PCI device {DeviceNumber} was another function when its state was saved");
        }

        bytes.CopyTo(_bytes, 0);
        _asserted = reader.ReadBoolean();
        _table?.Restore(reader);
        _table?.Adopt(ReadMessageControl(), IsBusMaster);
        Apply();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PciBaseAddress bar in _bars)
            bar.Dispose();
        _rom?.Dispose();
    }

    private static byte StatusBits(int offset) => offset == PciRegister.Status ? (byte)PciRegister.StatusInterrupt : (byte)0;

    private ushort ReadMessageControl() => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(MessageControlOffset));

    // Brings everything behind the registers in line with them.
    private void Apply()
    {
        ushort command = Command;
        _memory.Enabled = IsBusMaster;
        foreach (PciBaseAddress bar in _bars)
        {
            ulong value = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(bar.Offset));
            if (bar.Width == 8)
                value |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(bar.Offset + 4)) << 32;
            bar.Update(value & bar.Mask, command);
        }

        _rom?.Update(BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(PciRegister.ExpansionRom)), command);

        _table?.Update(ReadMessageControl(), IsBusMaster);
        UpdatePin();
    }

    // PCI Local Bus 3.0, 6.8.1.3 and 6.8.2.3: a function does not use its pin while MSI or MSI-X is on.
    private void UpdatePin()
    {
        if (_asserted)
            _bytes[PciRegister.Status] |= (byte)PciRegister.StatusInterrupt;
        else
            _bytes[PciRegister.Status] &= unchecked((byte)~PciRegister.StatusInterrupt);
        _line?.Set(_asserted && (Command & PciRegister.CommandInterruptDisable) == 0 && !MessagesEnabled);
    }

    private int? FindLiveCapability(int offset, int width)
    {
        for (int i = 0; i < _capabilityOffsets.Length; i++)
        {
            PciCapability capability = _descriptor.Capabilities[i];
            int start = _capabilityOffsets[i];
            if (capability.IsLive && offset >= start && offset + width <= start + ((2 + capability.Body.Length + 3) & ~3))
                return i;
        }

        return null;
    }

    private void BuildHeader()
    {
        Span<byte> bytes = _bytes;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[PciRegister.VendorId..], _descriptor.VendorId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[PciRegister.DeviceId..], _descriptor.DeviceId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[PciRegister.RevisionAndClass..], (_descriptor.ClassCode << 8) | _descriptor.Revision);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[PciRegister.SubsystemVendorId..], _descriptor.SubsystemVendorId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[PciRegister.SubsystemId..], _descriptor.SubsystemId);
        bytes[PciRegister.InterruptLine] = _descriptor.HasInterruptPin ? (byte)PciLayout.GetLegacyInterrupt(PciLayout.GetPinInterrupt(DeviceNumber, 0)) : NoInterruptLine;
        bytes[PciRegister.InterruptPin] = _descriptor.HasInterruptPin ? (byte)1 : (byte)0;

        ushort decode = 0;
        foreach (PciBar bar in _descriptor.Bars)
            decode |= bar.Kind == PciBarKind.Port ? PciRegister.CommandPorts : PciRegister.CommandMemory;
        if (_rom is not null)
            decode |= PciRegister.CommandMemory;

        // A VGA decodes its legacy ports and window without a BAR; firmware takes one that does not decode both for off.
        if (_descriptor.ClassCode >> 8 == PciRegister.VgaClass)
            decode |= PciRegister.CommandPorts | PciRegister.CommandMemory;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[PciRegister.Command..], decode);
        int writable = decode | PciRegister.CommandBusMaster | PciRegister.CommandParity | PciRegister.CommandSystemError;
        if (_descriptor.HasInterruptPin)
            writable |= PciRegister.CommandInterruptDisable;
        BinaryPrimitives.WriteUInt16LittleEndian(_writable.AsSpan(PciRegister.Command), (ushort)writable);
        _writable[PciRegister.CacheLineSize] = 0xFF;
        _writable[PciRegister.InterruptLine] = 0xFF;
    }

    private void BuildBars()
    {
        if (_rom is not null)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(PciRegister.ExpansionRom), _rom.ResetValue);
            BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(PciRegister.ExpansionRom), _rom.Mask);
        }

        foreach (PciBaseAddress bar in _bars)
        {
            Span<byte> register = _bytes.AsSpan(bar.Offset, bar.Width);
            BinaryPrimitives.WriteUInt32LittleEndian(register, (uint)bar.ResetValue | bar.Flags);
            BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(bar.Offset), (uint)bar.Mask);
            if (bar.Width == 8)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(register[4..], (uint)(bar.ResetValue >> 32));
                BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(bar.Offset + 4), (uint)(bar.Mask >> 32));
            }
        }
    }

    // Returns where the capabilities can start.
    private int BuildDeviceRegisters()
    {
        int end = PciRegister.FirstCapability;
        foreach (PciDeviceRegisters registers in _descriptor.DeviceRegisters)
        {
            registers.Initial.Span.CopyTo(_bytes.AsSpan(registers.Offset));
            registers.Writable.Span.CopyTo(_writable.AsSpan(registers.Offset));
            end = Math.Max(end, (registers.Offset + registers.Initial.Length + 3) & ~3);
        }

        return end;
    }

    private void BuildCapabilities(int offset)
    {
        int pointer = PciRegister.CapabilitiesPointer;
        for (int i = 0; i < _capabilityOffsets.Length; i++)
        {
            PciCapability capability = _descriptor.Capabilities[i];
            if (offset + 2 + capability.Body.Length > PciRegister.Length)
                throw new ArgumentException("the capabilities do not fit in configuration space");
            _capabilityOffsets[i] = offset;
            _bytes[pointer] = (byte)offset;
            _bytes[offset] = capability.Id;
            pointer = offset + 1;
            capability.Body.Span.CopyTo(_bytes.AsSpan(offset + 2));
            offset = (offset + 2 + capability.Body.Length + 3) & ~3;
        }

        if (_capabilityOffsets.Length > 0)
            _bytes[PciRegister.Status] |= (byte)PciRegister.StatusCapabilities;
        if (_table is not null)
            _writable[MessageControlOffset + 1] = (PciMessageTable.Enable | PciMessageTable.FunctionMask) >> 8;
    }
}
