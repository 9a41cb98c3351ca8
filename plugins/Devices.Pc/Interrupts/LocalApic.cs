using Dominion.Cpu.X86;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>One vCPU's local APIC (SDM volume 3A, chapter 11): xAPIC and x2APIC. The public members take the fabric's lock; the internal ones are called under it.</summary>
internal sealed partial class LocalApic : IX86LocalApic, IDisposable
{
    /// <summary>IA32_APIC_BASE.</summary>
    public const uint ApicBaseMsr = 0x1B;

    /// <summary>IA32_TSC_DEADLINE.</summary>
    public const uint TscDeadlineMsr = 0x6E0;

    /// <summary>The first x2APIC register's MSR.</summary>
    public const uint FirstX2Msr = 0x800;

    private const ulong Bootstrap = 1UL << 8;
    private const ulong Extended = 1UL << 10;
    private const ulong Enable = 1UL << 11;
    private const uint Masked = 1U << 16;
    private const uint LevelTriggered = 1U << 15;
    private const uint RemoteIrr = 1U << 14;
    private const uint SoftwareEnable = 1U << 8;
    private const uint SuppressEndBroadcast = 1U << 12;
    private const uint SpuriousWritable = 0x11FF;

    /// <summary>Version 0x14, six LVT entries, EOI-broadcast suppression.</summary>
    private const uint VersionValue = 0x14 | (5 << 16) | (1U << 24);
    private const uint SentIllegalVector = 1U << 5;
    private const uint ReceivedIllegalVector = 1U << 6;
    private const uint IllegalRegister = 1U << 7;
    private const int LvtCount = 6;

    // By LVT entry, from LvtTimer on: the bits that a write changes.
    private static readonly uint[] s_lvtWritable = [0x0007_00FF, 0x0001_07FF, 0x0001_07FF, 0x0001_A7FF, 0x0001_A7FF, 0x0001_00FF];

    private readonly LocalApicFabric _fabric;
    private readonly IX86Core _core;
    private readonly LocalApicTimer _timer;
    private readonly ulong _baseReserved;
    private readonly uint[] _lvt = new uint[LvtCount];
    private readonly bool[] _pins = new bool[2];
    private VectorSet _requests;
    private VectorSet _inService;
    private VectorSet _levels;
    private ulong _base;
    private ulong _command;
    private uint _id;
    private uint _taskPriority;
    private uint _logicalDestination;
    private uint _destinationFormat;
    private uint _spurious;
    private uint _errorStatus;
    private uint _errors;
    private bool _externalMessage;
    private bool _interruptRequest;

    /// <summary>Makes a local APIC and gives it to its core.</summary>
    /// <param name="fabric">The fabric.</param>
    /// <param name="core">The vCPU's core.</param>
    /// <param name="addressBits">The number of bits of a physical address.</param>
    public LocalApic(LocalApicFabric fabric, IX86Core core, int addressBits)
    {
        _fabric = fabric;
        _core = core;
        _baseReserved = ~((1UL << addressBits) - 1) | 0x2FF;
        _timer = new LocalApicTimer(core, fabric.Clock, OnTimer);
        InitialId = (uint)core.Index;
        core.LocalApic = this;
    }

    /// <inheritdoc/>
    public uint InitialId { get; }

    /// <inheritdoc/>
    public ulong ApicBase => Volatile.Read(ref _base);

    /// <inheritdoc/>
    public byte TaskPriority
    {
        get => (byte)(_taskPriority >> 4);
        set
        {
            uint priority = (uint)(value & 0xF) << 4;
            if (priority == _taskPriority)
                return;
            lock (_fabric.Gate)
                SetTaskPriority(priority);
        }
    }

    /// <summary>Whether the APIC is in x2APIC mode.</summary>
    internal bool IsExtended => (_base & (Enable | Extended)) == (Enable | Extended);

    /// <summary>Whether accesses to its page reach it: xAPIC mode.</summary>
    internal bool IsMemoryMapped => (_base & (Enable | Extended)) == Enable;

    /// <summary>Whether it takes interrupts: on, and on by the spurious vector register.</summary>
    internal bool IsSoftwareEnabled => (_base & Enable) != 0 && (_spurious & SoftwareEnable) != 0;

    /// <summary>The address of its page.</summary>
    internal ulong Page => _base & ~0xFFFUL;

    /// <summary>Processor priority (SDM volume 3A, 11.8.3.1).</summary>
    internal uint ProcessorPriority
    {
        get
        {
            int serving = _inService.Highest;
            uint service = serving < 0 ? 0 : (uint)serving & 0xF0;
            return (_taskPriority & 0xF0) >= service ? _taskPriority : service;
        }
    }

    private uint ExtendedId => InitialId;

    private uint ExtendedLogicalId => ((InitialId >> 4) << 16) | (1U << (int)(InitialId & 0xF));

    // SDM volume 3A, 11.4.3: with the APIC off, LINT0 is INTR itself.
    private bool ExternalPending => (_base & Enable) == 0
        ? _pins[0]
        : _externalMessage || (_pins[0] && (_lvt[3] & (Masked | 0x700)) == 0x700);

    /// <inheritdoc/>
    public int Acknowledge()
    {
        lock (_fabric.Gate)
        {
            if (!ExternalPending)
            {
                int vector = _requests.Highest;
                if (vector < 0 || (uint)(vector & 0xF0) <= (ProcessorPriority & 0xF0))
                {
                    UpdateRequest();
                    return -1;
                }

                _requests.Remove(vector);
                _inService.Add(vector);
                UpdateRequest();
                return vector;
            }

            _externalMessage = false;
            UpdateRequest();
        }

        // Outside the fabric's lock: the 8259's own comes before it.
        return _fabric.ExternalController?.Acknowledge() ?? -1;
    }

    /// <inheritdoc/>
    public bool TryReadMsr(uint index, out ulong value)
    {
        lock (_fabric.Gate)
        {
            switch (index)
            {
                case ApicBaseMsr:
                    value = _base;
                    return true;
                case TscDeadlineMsr:
                    value = _timer.Deadline;
                    return true;
            }

            value = 0;
            var register = (LocalApicRegister)(index - FirstX2Msr);
            switch (register)
            {
                case < 0 or > LocalApicRegister.SelfIpi:
                case LocalApicRegister.ArbitrationPriority:
                case LocalApicRegister.EndOfInterrupt:
                case LocalApicRegister.RemoteRead:
                case LocalApicRegister.DestinationFormat:
                case LocalApicRegister.CommandHigh:
                case LocalApicRegister.SelfIpi:
                    return false;
            }

            if (!IsExtended || !TryRead(register, out uint low))
                return false;
            value = register == LocalApicRegister.Command ? _command : low;
            return true;
        }
    }

    /// <inheritdoc/>
    public bool TryWriteMsr(uint index, ulong value)
    {
        int ended = -1;
        bool moved = false;
        lock (_fabric.Gate)
        {
            switch (index)
            {
                case TscDeadlineMsr:
                    // A deadline that has passed takes effect with the write (SDM volume 3A, 11.5.4.1).
                    _timer.Deadline = value;
                    OnTimer();
                    return true;
                case ApicBaseMsr:
                    if (!TryWriteBase(value))
                        return false;
                    moved = true;
                    break;
                default:
                    if (!IsExtended || index < FirstX2Msr || !IsExtendedWrite((LocalApicRegister)(index - FirstX2Msr), value))
                        return false;
                    ended = Write((LocalApicRegister)(index - FirstX2Msr), value);
                    break;
            }
        }

        // Outside the fabric's lock: these take the device lock, which comes first.
        if (moved)
            _fabric.Relocate();
        else if (ended >= 0)
            _fabric.End(ended);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>Takes the state after power-on; the firmware has left the bootstrap processor in virtual wire mode (MultiProcessor Specification 1.4, 3.6.2.2).</summary>
    internal void PowerOn()
    {
        _base = PcLayout.LocalApic | Enable | (InitialId == 0 ? Bootstrap : 0);
        _id = InitialId << 24;
        Initialize();
        if (InitialId != 0)
            return;
        _spurious |= SoftwareEnable;
        _lvt[3] = 0x700;
        _lvt[4] = 0x400;
        UpdateRequest();
    }

    /// <summary>Takes the state after INIT, which keeps the id and the mode (SDM volume 3A, 11.4.7.3).</summary>
    internal void Initialize()
    {
        _requests.Clear();
        _inService.Clear();
        _levels.Clear();
        Array.Fill(_lvt, Masked);
        _command = 0;
        _taskPriority = 0;
        _logicalDestination = 0;
        _destinationFormat = uint.MaxValue;
        _spurious = 0xFF;
        _errorStatus = 0;
        _errors = 0;
        _externalMessage = false;
        _timer.Reset();
        DriveRequest();
    }

    /// <summary>Whether a message's destination names this APIC (SDM volume 3A, 11.6.2 and 11.12.10).</summary>
    /// <param name="destination">The destination; <see cref="uint.MaxValue"/> for all.</param>
    /// <param name="logical">Whether it is a logical destination.</param>
    /// <returns>True when it does.</returns>
    internal bool IsDestination(uint destination, bool logical)
    {
        if (destination == uint.MaxValue)
            return (_base & Enable) != 0;
        if (IsExtended)
        {
            return logical
                ? destination >> 16 == ExtendedLogicalId >> 16 && (destination & ExtendedLogicalId & 0xFFFF) != 0
                : destination == ExtendedId;
        }

        if ((_base & Enable) == 0 || destination > 0xFF)
            return false;
        if (!logical)
            return destination == _id >> 24;
        uint own = _logicalDestination >> 24;
        if (_destinationFormat >> 28 == 0xF)
            return (own & destination) != 0;
        return (destination >> 4 == 0xF || destination >> 4 == own >> 4) && (own & destination & 0xF) != 0;
    }

    /// <summary>Takes an interrupt message.</summary>
    /// <param name="mode">What it asks for.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="level">Whether it is level-triggered.</param>
    internal void Accept(DeliveryMode mode, byte vector, bool level)
    {
        switch (mode)
        {
            case DeliveryMode.Fixed or DeliveryMode.LowestPriority:
                AcceptVector(vector, level);
                break;
            case DeliveryMode.Nmi:
                _core.SignalNmi();
                break;
            case DeliveryMode.Init:
                Initialize();
                _core.SignalInit();
                break;
            case DeliveryMode.Startup:
                _core.SignalStartup(vector);
                break;
            case DeliveryMode.External:
                _externalMessage = true;
                UpdateRequest();
                break;
        }
    }

    /// <summary>Drives the core's RESET# pin; the APIC's own state is <see cref="PowerOn"/>'s to set.</summary>
    /// <param name="asserted">Whether the core is held.</param>
    internal void SetReset(bool asserted) => _core.SetReset(asserted);

    /// <summary>Drives a local interrupt pin.</summary>
    /// <param name="pin">0 or 1.</param>
    /// <param name="asserted">The level.</param>
    internal void SetPin(int pin, bool asserted)
    {
        bool rises = asserted && !_pins[pin];
        _pins[pin] = asserted;
        ref uint lvt = ref _lvt[3 + pin];
        if ((_base & Enable) == 0)
        {
            if (pin == 1 && rises)
                _core.SignalNmi();
        }
        else if ((lvt & Masked) == 0)
        {
            var mode = (DeliveryMode)((lvt >> 8) & 7);
            if (mode == DeliveryMode.Fixed)
                ServePin(ref lvt, asserted, rises);
            else if (rises && mode is DeliveryMode.Nmi or DeliveryMode.Init)
                Accept(mode, (byte)lvt, level: false);
        }

        UpdateRequest();
    }

    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where to.</param>
    internal void Save(StateWriter writer)
    {
        _requests.Save(writer);
        _inService.Save(writer);
        _levels.Save(writer);
        foreach (uint lvt in _lvt)
            writer.Write(lvt);
        writer.Write(_pins[0]);
        writer.Write(_pins[1]);
        writer.Write(_base);
        writer.Write(_command);
        writer.Write(_id);
        writer.Write(_taskPriority);
        writer.Write(_logicalDestination);
        writer.Write(_destinationFormat);
        writer.Write(_spurious);
        writer.Write(_errorStatus);
        writer.Write(_errors);
        writer.Write(_externalMessage);
        _timer.Save(writer);
    }

    /// <summary>Reads the state.</summary>
    /// <param name="reader">Where from.</param>
    internal void Restore(StateReader reader)
    {
        _requests.Restore(reader);
        _inService.Restore(reader);
        _levels.Restore(reader);
        for (int i = 0; i < LvtCount; i++)
            _lvt[i] = reader.ReadUInt32();
        _pins[0] = reader.ReadBoolean();
        _pins[1] = reader.ReadBoolean();
        _base = reader.ReadUInt64();
        _command = reader.ReadUInt64();
        _id = reader.ReadUInt32();
        _taskPriority = reader.ReadUInt32();
        _logicalDestination = reader.ReadUInt32();
        _destinationFormat = reader.ReadUInt32();
        _spurious = reader.ReadUInt32();
        _errorStatus = reader.ReadUInt32();
        _errors = reader.ReadUInt32();
        _externalMessage = reader.ReadBoolean();
        _timer.Restore(reader);
        DriveRequest();
    }

    // SDM volume 3A, 11.12.5: off to x2APIC, x2APIC to xAPIC, and EXTD without EN are refused.
    private bool TryWriteBase(ulong value)
    {
        if ((value & _baseReserved) != 0)
            return false;
        ulong oldMode = _base & (Enable | Extended);
        ulong newMode = value & (Enable | Extended);
        if (newMode == Extended || (oldMode == 0 && newMode == (Enable | Extended)) || (oldMode == (Enable | Extended) && newMode == Enable))
            return false;
        Volatile.Write(ref _base, value);
        if (newMode == 0 && oldMode != 0)
        {
            // Off, it goes back to its state after power-on, the id with it (SDM volume 3A, 11.4.3 and 11.4.7.1).
            _id = InitialId << 24;
            Initialize();
        }

        UpdateRequest();
        return true;
    }

    private void SetTaskPriority(uint priority)
    {
        _taskPriority = priority;
        UpdateRequest();
    }

    private void ServePin(ref uint lvt, bool asserted, bool rises)
    {
        if ((lvt & LevelTriggered) == 0)
        {
            if (rises)
                AcceptVector((byte)lvt, level: false);
        }
        else if (asserted && (lvt & RemoteIrr) == 0)
        {
            lvt |= RemoteIrr;
            AcceptVector((byte)lvt, level: true);
        }
    }

    private void AcceptVector(byte vector, bool level)
    {
        if (vector < 16)
        {
            RaiseError(ReceivedIllegalVector);
            return;
        }

        if (!IsSoftwareEnabled)
            return;
        _requests.Add(vector);
        if (level)
            _levels.Add(vector);
        else
            _levels.Remove(vector);
        UpdateRequest();
    }

    private int End()
    {
        int vector = _inService.Highest;
        if (vector < 0)
            return -1;
        _inService.Remove(vector);
        bool level = _levels.Contains(vector);
        if (level)
        {
            for (int pin = 0; pin < 2; pin++)
            {
                ref uint lvt = ref _lvt[3 + pin];
                if ((byte)lvt != vector || (lvt & RemoteIrr) == 0)
                    continue;
                lvt &= ~RemoteIrr;
                if ((lvt & Masked) == 0)
                    ServePin(ref lvt, _pins[pin], rises: false);
            }
        }

        UpdateRequest();
        return level && (_spurious & SuppressEndBroadcast) == 0 ? vector : -1;
    }

    private void SendCommand()
    {
        var mode = (DeliveryMode)(((uint)_command >> 8) & 7);
        byte vector = (byte)_command;
        bool level = (_command & LevelTriggered) != 0;

        // A level de-assert INIT only synchronized arbitration ids on the Pentium; it does nothing since.
        if (mode == DeliveryMode.Init && level && (_command & (1U << 14)) == 0)
            return;
        if (mode is DeliveryMode.Fixed or DeliveryMode.LowestPriority && vector < 16)
        {
            RaiseError(SentIllegalVector);
            return;
        }

        switch (((uint)_command >> 18) & 3)
        {
            case 1:
                SendSelf(vector);
                break;
            case 2:
                _fabric.Broadcast(mode, vector, except: null);
                break;
            case 3:
                _fabric.Broadcast(mode, vector, except: this);
                break;
            default:
                uint destination = (uint)(_command >> 32);
                if (!IsExtended)
                    destination = destination >> 24 == 0xFF ? uint.MaxValue : destination >> 24;
                _fabric.Deliver(destination, (_command & (1U << 11)) != 0, mode, vector, level: false);
                break;
        }
    }

    private void SendSelf(byte vector)
    {
        if (vector < 16)
            RaiseError(SentIllegalVector);
        else
            AcceptVector(vector, level: false);
    }

    private void RaiseError(uint error)
    {
        bool isNew = (_errors & error) == 0;
        _errors |= error;
        if (isNew && (_lvt[5] & Masked) == 0 && (byte)_lvt[5] >= 16)
            AcceptVector((byte)_lvt[5], level: false);
    }

    private void OnTimer()
    {
        lock (_fabric.Gate)
        {
            if (_timer.TryExpire() && (_lvt[0] & Masked) == 0)
                AcceptVector((byte)_lvt[0], level: false);
        }
    }

    private void UpdateRequest()
    {
        if (IsRequesting() != _interruptRequest)
            DriveRequest();
    }

    private void DriveRequest()
    {
        _interruptRequest = IsRequesting();
        _core.SetInterruptRequest(_interruptRequest);
    }

    private bool IsRequesting()
    {
        if (ExternalPending)
            return true;
        int vector = _requests.Highest;
        return vector >= 0 && (uint)(vector & 0xF0) > (ProcessorPriority & 0xF0);
    }
}
