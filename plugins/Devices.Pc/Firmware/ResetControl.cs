namespace Dominion.Devices.Pc.Firmware;

/// <summary>The reset control register at port 0xCF9, a byte inside configuration mechanism 1's ports: the PCI host bridge hands byte accesses to it. A rising bit 2 resets; bit 1 says whether hard or soft, which are the same here.</summary>
internal sealed class ResetControl
{
    private const byte ResetCpu = 4;
    private const byte Writable = 0x0E;
    private readonly IDomainControl _control;
    private readonly string _name;

    /// <summary>Makes the register.</summary>
    /// <param name="control">What is reset.</param>
    /// <param name="name">The device's name, for the record.</param>
    public ResetControl(IDomainControl control, string name)
    {
        _control = control;
        _name = name;
    }

    /// <summary>The register's value.</summary>
    public byte Value { get; private set; }

    /// <summary>Takes the state after reset.</summary>
    public void Reset() => Value = 0;

    /// <summary>Writes the register.</summary>
    /// <param name="value">The value.</param>
    public void Write(byte value)
    {
        bool resets = (value & ~Value & ResetCpu) != 0;
        Value = (byte)(value & Writable);
        if (resets)
            _control.Reset(_name);
    }
}
