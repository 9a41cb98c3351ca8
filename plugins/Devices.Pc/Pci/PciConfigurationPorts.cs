using Dominion.Buses;
using Dominion.Devices.Pc.Mainboard;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Pci;

/// <summary>
/// Configuration mechanism 1 (PCI Local Bus 3.0, 3.2.2.3.2), with the reset control register that PC chipsets keep inside CONFIG_ADDRESS.
/// <code>
/// CF8  dword  CONFIG_ADDRESS  31 enable, 23–16 bus, 15–11 device, 10–8 function, 7–2 register
/// CF9  byte   RST_CNT         1 system reset rather than soft reset, 2 reset CPU (on its rise), 3 full reset
/// CFC  any    CONFIG_DATA     the bytes of the addressed dword
/// </code>
/// Only a dword access reaches CONFIG_ADDRESS.
/// </summary>
internal sealed class PciConfigurationPorts : IBusTarget, IPersistent
{
    private const uint AddressMask = 0x80FF_FFFC;
    private const uint LowBits = 3;
    private const int DataOffset = 4;
    private const int ResetControlOffset = PciLayout.ResetControlPort - PciLayout.ConfigurationPort;
    private const byte ResetControlMask = 0x0E;
    private const byte SystemReset = 1 << 1;
    private const byte ResetCpu = 1 << 2;

    private readonly PciHost _host;
    private readonly IDomainControl _control;
    private readonly string _name;
    private readonly uint _addressMask;
    private uint _address;
    private byte _resetControl;

    /// <summary>Gives port access to a bus's configuration space.</summary>
    /// <param name="host">The bus.</param>
    /// <param name="control">Resets the domain.</param>
    /// <param name="name">The device's name, for the record of a reset.</param>
    /// <param name="keepsLowBits">Whether bits 1–0 of CONFIG_ADDRESS are part of the register number (<see cref="PciHostOptions.WholeRegisterNumber"/>).</param>
    public PciConfigurationPorts(PciHost host, IDomainControl control, string name, bool keepsLowBits)
    {
        _addressMask = keepsLowBits ? AddressMask | LowBits : AddressMask;
        _host = host;
        _control = control;
        _name = name;
        Init = new InitPin(control, name);
    }

    /// <summary>What a soft reset pulses.</summary>
    public InitPin Init { get; }

    /// <summary>Takes the state after power-on.</summary>
    public void Reset()
    {
        _address = 0;
        _resetControl = 0;
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access)
    {
        int width = (int)access.Width;
        int offset = (int)access.Offset;
        if (offset == 0 && width == 4)
            return _address;
        if (offset == ResetControlOffset && width == 1)
            return _resetControl;
        return offset >= DataOffset && (_address & 0x8000_0000) != 0
            ? ReadData((offset - DataOffset) | (int)(_address & LowBits), width)
            : uint.MaxValue >> (32 - (8 * width));
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        int width = (int)access.Width;
        int offset = (int)access.Offset;
        if (offset == 0 && width == 4)
            _address = (uint)value & _addressMask;
        else if (offset == ResetControlOffset && width == 1)
            WriteResetControl((byte)value);
        else if (offset >= DataOffset && (_address & 0x8000_0000) != 0)
            WriteData((offset - DataOffset) | (int)(_address & LowBits), width, (uint)value);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_address);
        writer.Write(_resetControl);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _address = reader.ReadUInt32() & _addressMask;
        _resetControl = (byte)(reader.ReadByte() & ResetControlMask);
    }

    // A word at an odd offset goes byte by byte: a function sees aligned accesses only.
    private uint ReadData(int offset, int width)
    {
        int step = (offset & (width - 1)) == 0 ? width : 1;
        uint value = 0;
        for (int done = 0; done < width; done += step)
            value |= _host.ReadConfiguration((byte)(_address >> 16), (byte)(_address >> 8), (int)(_address & 0xFC) + offset + done, step) << (8 * done);
        return value;
    }

    private void WriteData(int offset, int width, uint value)
    {
        int step = (offset & (width - 1)) == 0 ? width : 1;
        for (int done = 0; done < width; done += step)
        {
            uint part = (value >> (8 * done)) & (uint.MaxValue >> (32 - (8 * step)));
            _host.WriteConfiguration((byte)(_address >> 16), (byte)(_address >> 8), (int)(_address & 0xFC) + offset + done, step, part);
        }
    }

    private void WriteResetControl(byte value)
    {
        bool rises = (value & ~_resetControl & ResetCpu) != 0;
        _resetControl = (byte)(value & ResetControlMask);
        if (!rises)
            return;
        if ((value & SystemReset) != 0)
            _control.Reset(_name);
        else
            Init.Pulse();
    }
}
