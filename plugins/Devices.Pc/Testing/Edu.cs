using Dominion.Buses;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pci;
using Dominion.Diagnostics;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Testing;

/// <summary>The educational PCI device of QEMU's docs/specs/edu.rst. What it is asked for is done before the write that asks ends, so no bit ever says that it works.</summary>
internal sealed class Edu : IDevice, IBusTarget
{
    /// <summary>Where the buffer is in the device's own addresses.</summary>
    public const ulong BufferStart = 0x4_0000;

    /// <summary>How many bytes the buffer has.</summary>
    public const int BufferLength = 4096;

    private const uint Identification = 0x0100_00ED;
    private const ulong FirstWideRegister = 0x80;
    private const uint InterruptAfterFactorial = 0x80;
    private const uint TransferDone = 0x100;
    private const uint Start = 1;
    private const uint ToMemory = 2;
    private const uint InterruptAfterTransfer = 4;

    // From 34! on, every factorial is a multiple of 2^32.
    private const uint LastFactorial = 33;

    private readonly IPciPort _port;
    private readonly ILog _log;
    private readonly ulong _mask;
    private readonly byte[] _buffer = new byte[BufferLength];
    private uint _liveness;
    private uint _factorial;
    private uint _status;
    private uint _interrupts;
    private ulong _source;
    private ulong _destination;
    private ulong _count;
    private uint _command;

    /// <summary>Puts the device on the board's PCI bus.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">How far its DMA reaches.</param>
    public Edu(IDeviceContext context, EduOptions options)
    {
        _log = context.Log;
        _mask = options.DmaMask;
        PciDescriptor descriptor = new()
        {
            VendorId = 0x1234,
            DeviceId = 0x11E8,
            ClassCode = 0xFF_00_00,
            Revision = 0x10,
            HasInterruptPin = true,
            HasMessageSignal = true,
            Bars = [new PciBar(0, PciBarKind.Memory32, 1 << 20, this)],
        };
        _port = PciRequirement.Bus(context).Add(descriptor, new PciPassiveFunction());
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access) => !IsAllowed(access) ? ulong.MaxValue : access.Offset switch
    {
        0x00 => Identification,
        0x04 => _liveness,
        0x08 => _factorial,
        0x20 => _status,
        0x24 => _interrupts,
        0x80 => _source,
        0x88 => _destination,
        0x90 => _count,
        0x98 => _command,
        _ => ulong.MaxValue,
    };

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        if (!IsAllowed(access))
            return;
        switch (access.Offset)
        {
            case 0x04:
                _liveness = ~(uint)value;
                break;
            case 0x08:
                _factorial = FactorialOf((uint)value);
                if ((_status & InterruptAfterFactorial) != 0)
                    Raise(1);
                break;
            case 0x20:
                _status = (uint)value & InterruptAfterFactorial;
                break;
            case 0x60:
                Raise((uint)value);
                break;
            case 0x64:
                _interrupts &= ~(uint)value;
                _port.SetInterrupt(_interrupts != 0);
                break;
            case 0x80:
                _source = value;
                break;
            case 0x88:
                _destination = value;
                break;
            case 0x90:
                _count = value;
                break;
            case 0x98:
                _command = (uint)value;
                Transfer();
                break;
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _buffer.AsSpan().Clear();
        _liveness = 0;
        _factorial = 0;
        _status = 0;
        _interrupts = 0;
        _source = 0;
        _destination = 0;
        _count = 0;
        _command = 0;
        _port.SetInterrupt(false);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("edu", 1);
        writer.Write(_buffer.AsSpan());
        writer.Write(_liveness);
        writer.Write(_factorial);
        writer.Write(_status);
        writer.Write(_interrupts);
        writer.Write(_source);
        writer.Write(_destination);
        writer.Write(_count);
        writer.Write(_command);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("edu", 1);
        byte[] buffer = reader.ReadBytes();
        if (buffer.Length != BufferLength)
            throw new InvalidDataException($"a buffer of {buffer.Length} bytes");
        buffer.CopyTo(_buffer, 0);
        _liveness = reader.ReadUInt32();
        _factorial = reader.ReadUInt32();
        _status = reader.ReadUInt32() & InterruptAfterFactorial;
        _interrupts = reader.ReadUInt32();
        _source = reader.ReadUInt64();
        _destination = reader.ReadUInt64();
        _count = reader.ReadUInt64();
        _command = reader.ReadUInt32() & ~Start;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The bus lets go of the registers.
    }

    private static bool IsAllowed(in BusAccess access) =>
        access.Width == AccessWidth.Dword || (access.Width == AccessWidth.Qword && access.Offset >= FirstWideRegister);

    private static uint FactorialOf(uint number)
    {
        if (number > LastFactorial)
            return 0;
        uint product = 1;
        for (uint factor = 2; factor <= number; factor++)
            product *= factor;
        return product;
    }

    private void Raise(uint causes)
    {
        _interrupts |= causes;
        if (_interrupts == 0)
            return;
        _port.SetInterrupt(true);
        _port.Signal(0);
    }

    private void Transfer()
    {
        if ((_command & Start) == 0)
            return;
        _command &= ~Start;
        bool toMemory = (_command & ToMemory) != 0;
        ulong own = toMemory ? _source : _destination;
        ulong address = (toMemory ? _destination : _source) & _mask;
        ulong offset = own - BufferStart;
        if (offset > BufferLength || _count > BufferLength - offset)
        {
            _log.Write(LogSeverity.Debug, $"{_count} bytes at 0x{own:X} are not in the buffer: no transfer");
        }
        else
        {
            Span<byte> part = _buffer.AsSpan((int)offset, (int)_count);
            bool done = toMemory ? _port.Memory.TryWrite(address, part) : _port.Memory.TryRead(address, part);
            if (!done)
                _log.Write(LogSeverity.Debug, $"the bus refused a transfer of {_count} bytes at 0x{address:X}");
        }

        if ((_command & InterruptAfterTransfer) != 0)
            Raise(TransferDone);
    }
}
