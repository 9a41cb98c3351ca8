namespace Dominion.Devices.Pc.Interrupts;

/// <content>The registers (SDM volume 3A, tables 11-1 and 11-6).</content>
internal sealed partial class LocalApic
{
    /// <summary>Reads a register of the memory-mapped page.</summary>
    /// <param name="register">The register.</param>
    /// <returns>The value; 0 for a reserved one, which is an error in the ESR.</returns>
    internal uint ReadMapped(LocalApicRegister register)
    {
        if (TryRead(register, out uint value))
            return value;
        RaiseError(IllegalRegister);
        return 0;
    }

    /// <summary>Writes a register.</summary>
    /// <param name="register">The register.</param>
    /// <param name="value">The value.</param>
    /// <returns>The vector whose end is to be broadcast to the I/O APICs, or -1.</returns>
    internal int Write(LocalApicRegister register, ulong value)
    {
        uint low = (uint)value;
        switch (register)
        {
            case LocalApicRegister.EndOfInterrupt:
                return End();
            case LocalApicRegister.Command:
                _command = IsExtended ? value & 0xFFFF_FFFF_000C_CFFF : (_command & 0xFFFF_FFFF_0000_0000) | (low & 0x000C_CFFF);
                SendCommand();
                break;
            case LocalApicRegister.CommandHigh:
                _command = (uint)_command | ((ulong)(low & 0xFF00_0000) << 32);
                break;
            case LocalApicRegister.TaskPriority:
                SetTaskPriority(low & 0xFF);
                break;
            case LocalApicRegister.SelfIpi:
                SendSelf((byte)low);
                break;
            case LocalApicRegister.Id:
                _id = low & 0xFF00_0000;
                break;
            case LocalApicRegister.LogicalDestination:
                _logicalDestination = low & 0xFF00_0000;
                break;
            case LocalApicRegister.DestinationFormat:
                _destinationFormat = low | 0x0FFF_FFFF;
                break;
            case LocalApicRegister.SpuriousVector:
                WriteSpurious(low & SpuriousWritable);
                break;
            case LocalApicRegister.ErrorStatus:
                _errorStatus = _errors;
                _errors = 0;
                break;
            case >= LocalApicRegister.LvtTimer and <= LocalApicRegister.LvtError:
                WriteLvt(register - LocalApicRegister.LvtTimer, low);
                break;
            case LocalApicRegister.InitialCount:
                _timer.InitialCount = low;
                break;
            case LocalApicRegister.DivideConfiguration:
                _timer.DivideConfiguration = low;
                break;
            default:
                if (!TryRead(register, out _))
                    RaiseError(IllegalRegister);
                break;
        }

        return -1;
    }

    // What x2APIC mode refuses with #GP (SDM volume 3A, 11.12.1.2 and table 11-6): reserved bits and read-only registers.
    private static bool IsExtendedWrite(LocalApicRegister register, ulong value) => register switch
    {
        LocalApicRegister.Command => (value & 0xFFF3_2000) == 0,
        LocalApicRegister.EndOfInterrupt or LocalApicRegister.ErrorStatus => value == 0,
        LocalApicRegister.TaskPriority or LocalApicRegister.SelfIpi => value <= 0xFF,
        LocalApicRegister.SpuriousVector => (value & ~(ulong)SpuriousWritable) == 0,
        LocalApicRegister.InitialCount => value <= uint.MaxValue,
        LocalApicRegister.DivideConfiguration => (value & ~0xBUL) == 0,
        >= LocalApicRegister.LvtTimer and <= LocalApicRegister.LvtError =>
            (value & ~(ulong)(s_lvtWritable[register - LocalApicRegister.LvtTimer] | 0x5000)) == 0,
        _ => false,
    };

    private bool TryRead(LocalApicRegister register, out uint value)
    {
        switch (register)
        {
            case LocalApicRegister.Id:
                value = IsExtended ? ExtendedId : _id;
                break;
            case LocalApicRegister.Version:
                value = VersionValue;
                break;
            case LocalApicRegister.TaskPriority:
                value = _taskPriority;
                break;
            case LocalApicRegister.ArbitrationPriority or LocalApicRegister.ProcessorPriority:
                value = ProcessorPriority;
                break;
            case LocalApicRegister.EndOfInterrupt or LocalApicRegister.RemoteRead:
                value = 0;
                break;
            case LocalApicRegister.LogicalDestination:
                value = IsExtended ? ExtendedLogicalId : _logicalDestination;
                break;
            case LocalApicRegister.DestinationFormat:
                value = _destinationFormat;
                break;
            case LocalApicRegister.SpuriousVector:
                value = _spurious;
                break;
            case >= LocalApicRegister.InService and < LocalApicRegister.TriggerMode:
                value = _inService.Register(register - LocalApicRegister.InService);
                break;
            case >= LocalApicRegister.TriggerMode and < LocalApicRegister.Request:
                value = _levels.Register(register - LocalApicRegister.TriggerMode);
                break;
            case >= LocalApicRegister.Request and < LocalApicRegister.ErrorStatus:
                value = _requests.Register(register - LocalApicRegister.Request);
                break;
            case LocalApicRegister.ErrorStatus:
                value = _errorStatus;
                break;
            case LocalApicRegister.Command:
                value = (uint)_command;
                break;
            case LocalApicRegister.CommandHigh:
                value = (uint)(_command >> 32);
                break;
            case >= LocalApicRegister.LvtTimer and <= LocalApicRegister.LvtError:
                value = _lvt[register - LocalApicRegister.LvtTimer];
                break;
            case LocalApicRegister.InitialCount:
                value = _timer.InitialCount;
                break;
            case LocalApicRegister.CurrentCount:
                value = _timer.CurrentCount;
                break;
            case LocalApicRegister.DivideConfiguration:
                value = _timer.DivideConfiguration;
                break;
            default:
                value = 0;
                return false;
        }

        return true;
    }

    private void WriteSpurious(uint value)
    {
        _spurious = value;
        if ((value & SoftwareEnable) != 0)
            return;
        for (int i = 0; i < LvtCount; i++)
            _lvt[i] |= Masked;
        UpdateRequest();
    }

    private void WriteLvt(int entry, uint value)
    {
        uint lvt = Registers.Bits.Merge(_lvt[entry], value, s_lvtWritable[entry]);
        if ((_spurious & SoftwareEnable) == 0)
            lvt |= Masked;
        if ((lvt & LevelTriggered) == 0)
            lvt &= ~RemoteIrr;
        _lvt[entry] = lvt;
        if (entry == 0)
            _timer.SetMode((int)(lvt >> 17) & 3);
        else if (entry is 3 or 4 && (lvt & (Masked | 0x700)) == 0)
            ServePin(ref _lvt[entry], _pins[entry - 3], rises: false);
        UpdateRequest();
    }
}
