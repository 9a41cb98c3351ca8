using System.Buffers.Binary;
using Dominion.Buses;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>A virtio device on PCI (Virtio 1.2, 4.1), modern only: its structures in one memory BAR, MSI-X with a vector for each queue and one for the configuration, or the pin.</summary>
internal sealed class VirtioPciFunction : IDevice, IPciFunction, IBusTarget, IVirtioTransport
{
    private const ushort VirtioVendor = 0x1AF4;
    private const ushort FirstModernDevice = 0x1040;
    private const ushort SubsystemOfNoPlatform = 0x0040;
    private const byte IsrQueue = 1;
    private const byte IsrConfiguration = 2;

    private readonly VirtioDevice _device;
    private readonly IPciPort _port;
    private readonly Action<Action> _post;
    private readonly ushort[] _queueVectors;
    private readonly byte[] _window = new byte[VirtioPciCapability.DataOffset];
    private ushort _configurationVector;
    private uint _deviceFeatureSelect;
    private uint _driverFeatureSelect;
    private ushort _queueSelect;
    private byte _isr;

    /// <summary>Puts a virtio device on the board's PCI bus.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="device">The device.</param>
    /// <param name="classCode">The PCI class code.</param>
    public VirtioPciFunction(IDeviceContext context, VirtioDevice device, uint classCode)
    {
        _device = device;
        _post = context.Post;
        IsTranslated = context.Iommu is not null;
        _queueVectors = new ushort[device.Queues.Length];
        PciDescriptor descriptor = new()
        {
            VendorId = VirtioVendor,
            DeviceId = (ushort)(FirstModernDevice + device.DeviceType),
            ClassCode = classCode,
            Revision = 1,
            SubsystemVendorId = VirtioVendor,
            SubsystemId = SubsystemOfNoPlatform,
            HasInterruptPin = true,
            MessageCount = device.Queues.Length + 1,
            Bars = [new PciBar(VirtioPciLayout.Bar, PciBarKind.Memory32, VirtioPciLayout.BarSize, this)],
            Capabilities = VirtioPciCapability.All,
        };
        IPciBus bus = PciRequirement.Bus(context);
        _port = bus.Add(descriptor, this);
        _device.Attach(this);
        Reset();
    }

    /// <inheritdoc/>
    public IGuestMemory Memory => _port.Memory;

    /// <inheritdoc/>
    public bool IsTranslated { get; }

    private VirtioQueue? SelectedQueue => _queueSelect < _queueVectors.Length ? _device.Queues[_queueSelect] : null;

    /// <inheritdoc/>
    public void Post(Action action) => _post(action);

    /// <inheritdoc/>
    public void SignalQueue(int queue) => Signal(_queueVectors[queue], IsrQueue);

    /// <inheritdoc/>
    public void SignalConfiguration() => Signal(_configurationVector, IsrConfiguration);

    /// <inheritdoc/>
    public void ClearSignals()
    {
        _isr = 0;
        _port.SetInterrupt(false);
        _configurationVector = VirtioPciLayout.NoVector;
        _queueVectors.AsSpan().Fill(VirtioPciLayout.NoVector);
        _deviceFeatureSelect = 0;
        _driverFeatureSelect = 0;
        _queueSelect = 0;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _device.Reset();
        _window.AsSpan().Clear();
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access)
    {
        int offset = (int)access.Offset;
        int inner = offset & (VirtioPciLayout.StructureLength - 1);
        switch (offset - inner)
        {
            case VirtioPciLayout.CommonOffset:
                return ReadCommon(inner, (int)access.Width);
            case VirtioPciLayout.IsrOffset:
                return inner == 0 ? ReadIsr() : 0u;
            case VirtioPciLayout.DeviceOffset:
                Span<byte> bytes = stackalloc byte[8];
                bytes.Clear();
                _device.ReadConfiguration(inner, bytes[..(int)access.Width]);
                return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            default:
                return 0;
        }
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        int offset = (int)access.Offset;
        int inner = offset & (VirtioPciLayout.StructureLength - 1);
        switch (offset - inner)
        {
            case VirtioPciLayout.CommonOffset when access.Width == AccessWidth.Qword:
                WriteCommon(inner, 4, (uint)value);
                WriteCommon(inner + 4, 4, (uint)(value >> 32));
                break;
            case VirtioPciLayout.CommonOffset:
                WriteCommon(inner, (int)access.Width, (uint)value);
                break;
            case VirtioPciLayout.DeviceOffset:
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
                _device.WriteConfiguration(inner, bytes[..(int)access.Width]);
                break;
            case VirtioPciLayout.NotifyOffset:
                _device.Notify(inner / VirtioPciLayout.NotifyMultiplier);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The one live capability is the window into the BAR (Virtio 1.2, 4.1.4.9); reading pci_cfg_data makes the access that its other fields describe.</remarks>
    public uint ReadCapability(int capability, int offset, int width)
    {
        if (offset >= VirtioPciCapability.DataOffset)
        {
            if (!TryGetWindow(out BusAccess access))
                return 0;
            uint data = (uint)Read(access) & (uint.MaxValue >> (32 - (8 * (int)access.Width)));
            return data >> (8 * (offset - VirtioPciCapability.DataOffset));
        }

        uint value = 0;
        for (int i = 0; i < width; i++)
            value |= (uint)ReadWindowByte(offset + i) << (8 * i);
        return value;
    }

    /// <inheritdoc/>
    public void WriteCapability(int capability, int offset, int width, uint value)
    {
        if (offset >= VirtioPciCapability.DataOffset)
        {
            if (offset == VirtioPciCapability.DataOffset && TryGetWindow(out BusAccess access))
                Write(access, value & (uint.MaxValue >> (32 - (8 * (int)access.Width))));
            return;
        }

        for (int i = 0; i < width; i++)
        {
            if (offset + i is VirtioPciCapability.BarOffset or >= VirtioPciCapability.OffsetOffset)
                _window[offset + i] = (byte)(value >> (8 * i));
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("virtio-pci", 1);
        foreach (ushort vector in _queueVectors)
            writer.Write(vector);
        writer.Write(_configurationVector);
        writer.Write(_deviceFeatureSelect);
        writer.Write(_driverFeatureSelect);
        writer.Write(_queueSelect);
        writer.Write(_isr);
        writer.Write(_window.AsSpan());
        _device.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("virtio-pci", 1);
        for (int i = 0; i < _queueVectors.Length; i++)
            _queueVectors[i] = reader.ReadUInt16();
        _configurationVector = reader.ReadUInt16();
        _deviceFeatureSelect = reader.ReadUInt32();
        _driverFeatureSelect = reader.ReadUInt32();
        _queueSelect = reader.ReadUInt16();
        _isr = reader.ReadByte();
        byte[] window = reader.ReadBytes();
        if (window.Length != _window.Length)
            throw new InvalidDataException($"a configuration access capability of {window.Length} bytes");
        window.CopyTo(_window, 0);
        _device.Restore(reader);
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private byte ReadWindowByte(int offset) => offset switch
    {
        2 => VirtioPciCapability.LongLength,
        3 => 5,
        _ => _window[offset],
    };

    private bool TryGetWindow(out BusAccess access)
    {
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(_window.AsSpan(VirtioPciCapability.OffsetOffset));
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_window.AsSpan(VirtioPciCapability.LengthOffset));
        access = new BusAccess(offset, (AccessWidth)length, -1);
        return _window[VirtioPciCapability.BarOffset] == VirtioPciLayout.Bar
            && length is 1 or 2 or 4
            && offset % length == 0
            && offset <= VirtioPciLayout.BarSize - length;
    }

    private uint ReadIsr()
    {
        byte isr = _isr;
        _isr = 0;
        _port.SetInterrupt(false);
        return isr;
    }

    private void Signal(ushort vector, byte isr)
    {
        if (_port.MessagesEnabled)
        {
            if (vector != VirtioPciLayout.NoVector)
                _port.Signal(vector);
            return;
        }

        _isr |= isr;
        _port.SetInterrupt(true);
    }

    private ulong ReadCommon(int offset, int width)
    {
        ulong dwords = ReadCommonDword(offset & ~3);
        if (width == 8)
            dwords |= (ulong)ReadCommonDword((offset & ~3) + 4) << 32;
        return dwords >> (8 * (offset & 3));
    }

    private uint ReadCommonDword(int offset) => offset switch
    {
        VirtioPciLayout.DeviceFeatureSelect => _deviceFeatureSelect,
        VirtioPciLayout.DeviceFeature => SelectHalf(_device.OfferedFeatures, _deviceFeatureSelect),
        VirtioPciLayout.DriverFeatureSelect => _driverFeatureSelect,
        VirtioPciLayout.DriverFeature => SelectHalf(_device.DriverFeatures, _driverFeatureSelect),
        VirtioPciLayout.ConfigurationVector => _configurationVector | ((uint)_queueVectors.Length << 16),
        VirtioPciLayout.DeviceStatus => (uint)_device.Status | ((uint)_queueSelect << 16),
        _ => SelectedQueue is { } queue ? ReadQueueDword(queue, offset) : 0,
    };

    private uint ReadQueueDword(VirtioQueue queue, int offset) => offset switch
    {
        VirtioPciLayout.QueueSize => queue.Size | ((uint)_queueVectors[_queueSelect] << 16),
        VirtioPciLayout.QueueEnable => (queue.IsEnabled ? 1u : 0u) | ((uint)_queueSelect << 16),
        VirtioPciLayout.QueueDescriptors => (uint)queue.DescriptorTable,
        VirtioPciLayout.QueueDescriptors + 4 => (uint)(queue.DescriptorTable >> 32),
        VirtioPciLayout.QueueDriver => (uint)queue.AvailableRing,
        VirtioPciLayout.QueueDriver + 4 => (uint)(queue.AvailableRing >> 32),
        VirtioPciLayout.QueueDevice => (uint)queue.UsedRing,
        VirtioPciLayout.QueueDevice + 4 => (uint)(queue.UsedRing >> 32),
        _ => 0,
    };

    // Fields take accesses of their own width only, 64-bit ones two of 32 bits (4.1.3.1); anything else is dropped.
    private void WriteCommon(int offset, int width, uint value)
    {
        switch (offset, width)
        {
            case (VirtioPciLayout.DeviceFeatureSelect, 4):
                _deviceFeatureSelect = value;
                break;
            case (VirtioPciLayout.DriverFeatureSelect, 4):
                _driverFeatureSelect = value;
                break;
            case (VirtioPciLayout.DriverFeature, 4) when _driverFeatureSelect <= 1:
                _device.WriteDriverFeatures(_driverFeatureSelect == 1, value);
                break;
            case (VirtioPciLayout.ConfigurationVector, 2):
                _configurationVector = CheckVector(value);
                break;
            case (VirtioPciLayout.DeviceStatus, 1):
                _device.WriteStatus((VirtioStatus)value);
                break;
            case (VirtioPciLayout.QueueSelect, 2):
                _queueSelect = (ushort)value;
                break;
            default:
                if (SelectedQueue is { } queue)
                    WriteQueue(queue, offset, width, value);
                break;
        }
    }

    // The addresses of an enabled queue stay (4.1.4.3.2); its vector may change.
    private void WriteQueue(VirtioQueue queue, int offset, int width, uint value)
    {
        if ((offset, width) == (VirtioPciLayout.QueueVector, 2))
            _queueVectors[_queueSelect] = CheckVector(value);
        if (queue.IsEnabled)
            return;
        switch (offset, width)
        {
            case (VirtioPciLayout.QueueSize, 2):
                queue.SetSize((ushort)value);
                break;
            case (VirtioPciLayout.QueueEnable, 2) when value == 1:
                _device.EnableQueue(_queueSelect);
                break;
            case (VirtioPciLayout.QueueDescriptors or VirtioPciLayout.QueueDescriptors + 4, 4):
                queue.DescriptorTable = SetHalf(queue.DescriptorTable, offset, value);
                break;
            case (VirtioPciLayout.QueueDriver or VirtioPciLayout.QueueDriver + 4, 4):
                queue.AvailableRing = SetHalf(queue.AvailableRing, offset, value);
                break;
            case (VirtioPciLayout.QueueDevice or VirtioPciLayout.QueueDevice + 4, 4):
                queue.UsedRing = SetHalf(queue.UsedRing, offset, value);
                break;
            default:
                break;
        }
    }

    // A vector that does not exist is refused by reading back as no vector (4.1.5.1.2.1).
    private ushort CheckVector(uint vector) => vector <= (uint)_queueVectors.Length ? (ushort)vector : VirtioPciLayout.NoVector;

    private static uint SelectHalf(ulong features, uint select) => select switch
    {
        0 => (uint)features,
        1 => (uint)(features >> 32),
        _ => 0,
    };

    private static ulong SetHalf(ulong old, int offset, uint value) =>
        (offset & 4) == 0 ? (old & ~(ulong)uint.MaxValue) | value : (old & uint.MaxValue) | ((ulong)value << 32);
}
