using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Network;

/// <summary>The card's internal PHY, a Marvell 88E1011 at address 1, behind the MDI control register (Software Developer's Manual, 13.4.7 and 13.6; IEEE 802.3, 22.2.4). Its link partner offers everything and the link comes up at once, at 1000 Mb/s, full duplex.</summary>
internal sealed class E1000Phy : IPersistent
{
    private const uint Ready = 1 << 28;
    private const uint Interrupt = 1 << 29;
    private const uint Error = 1 << 30;
    private const int Address = 1;
    private const int RegisterCount = 32;
    private const int ControlRegister = 0;
    private const int StatusRegister = 1;
    private const ushort ControlReset = 0x8000;
    private const ushort ControlPowerDown = 0x0800;
    private const ushort ControlRestart = 0x0200;
    private const ushort StatusLinkAndNegotiated = 0x0024;
    private const ushort SpecificLink = 0x0400;

    // Number, name, value after reset, writable bits.
    private static readonly (int Number, string Name, ushort Reset, ushort Writable)[] s_registers =
    [
        (0, "PHY Control", 0x1140, 0x7DC0),
        (1, "PHY Status", 0x7949 | StatusLinkAndNegotiated, 0),
        (2, "PHY Identifier", 0x0141, 0),
        (3, "Extended PHY Identifier", 0x0C20, 0),
        (4, "Auto-Negotiation Advertisement", 0x0DE1, 0xFFFF),
        (5, "Link Partner Ability", 0x4DE1, 0),
        (6, "Auto-Negotiation Expansion", 0x000D, 0),
        (9, "1000BASE-T Control", 0x0F00, 0xFF00),
        (10, "1000BASE-T Status", 0x7C00, 0),
        (15, "Extended Status", 0x3000, 0),
        (16, "PHY Specific Control", 0x0068, 0xFFFF),
        (17, "PHY Specific Status", 0xA800 | SpecificLink, 0),
        (18, "Interrupt Enable", 0x0000, 0xFFFF),
        (20, "Extended PHY Specific Control", 0x0D60, 0xFFFF),
        (24, "LED Control", 0x4100, 0xFFFF),
        (29, "Page Select", 0x0000, 0xFFFF),
        (30, "Page Data", 0x0000, 0xFFFF),
    ];

    private readonly Action<E1000Cause> _raise;
    private readonly ushort[] _values = new ushort[RegisterCount];
    private readonly ushort[] _writable = new ushort[RegisterCount];
    private uint _access;

    /// <summary>Makes the PHY.</summary>
    /// <param name="raise">Raises an interrupt cause of the card.</param>
    public E1000Phy(Action<E1000Cause> raise)
    {
        _raise = raise;
        foreach ((int number, _, _, ushort writable) in s_registers)
            _writable[number] = writable;
    }

    /// <summary>Whether the link is up.</summary>
    public bool IsLinkUp => (_values[ControlRegister] & ControlPowerDown) == 0;

    /// <summary>Puts the MDI control register in the card's table.</summary>
    /// <param name="map">The table.</param>
    public void Describe(RegisterMap map) => map.At(0x020, "MDIC", () => _access, (value, _) => Access(value));

    /// <summary>Reset.</summary>
    public void Reset()
    {
        _access = Ready;
        ResetRegisters();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_access);
        foreach (ushort value in _values)
            writer.Write(value);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _access = reader.ReadUInt32();
        for (int i = 0; i < RegisterCount; i++)
            _values[i] = reader.ReadUInt16();
    }

    private void ResetRegisters()
    {
        foreach ((int number, _, ushort reset, _) in s_registers)
            _values[number] = reset;
    }

    private void Access(uint value)
    {
        int register = (int)(value >> 16) & 0x1F;
        bool isOurs = ((value >> 21) & 0x1F) == Address;
        _access = (value & ~(Error | 0xFFFFu)) | Ready;
        switch ((value >> 26) & 3)
        {
            case 1 when isOurs:
                _access |= value & 0xFFFF;
                Write(register, (ushort)value);
                break;
            case 2 when isOurs:
                _access |= _values[register];
                break;
            default:
                _access |= Error;
                break;
        }

        if ((value & Interrupt) != 0)
            _raise(E1000Cause.PhyAccess);
    }

    private void Write(int register, ushort value)
    {
        bool wasUp = IsLinkUp;
        if (register == ControlRegister && (value & ControlReset) != 0)
            ResetRegisters();
        else
            _values[register] = (ushort)((_values[register] & ~_writable[register]) | (value & _writable[register]));
        if (register != ControlRegister)
            return;
        if (IsLinkUp)
        {
            _values[StatusRegister] |= StatusLinkAndNegotiated;
            _values[17] |= SpecificLink;
        }
        else
        {
            _values[StatusRegister] &= unchecked((ushort)~StatusLinkAndNegotiated);
            _values[17] &= unchecked((ushort)~SpecificLink);
        }

        // A new negotiation takes the link down and up.
        if (wasUp != IsLinkUp || (value & (ControlReset | ControlRestart)) != 0)
            _raise(E1000Cause.LinkChange);
    }
}
