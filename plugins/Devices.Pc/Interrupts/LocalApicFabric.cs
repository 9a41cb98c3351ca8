using Dominion.Buses;
using Dominion.Cpu;
using Dominion.Cpu.X86;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>The local APICs of a domain and what connects them: destinations, messages, the pages of registers.</summary>
/// <remarks>Lock order: the domain's device lock, then the 8259's, then <see cref="Gate"/>. Under <see cref="Gate"/> only cores' pins and the clock's timers are called, which call nothing back.</remarks>
internal sealed class LocalApicFabric : IDevice, IProcessorInterrupts
{
    /// <summary>A reserved offset of the register page. A write there by no vCPU has the page mappings follow the APICs: the way to the device lock for a vCPU's thread that does not hold it.</summary>
    public const ulong RelocationOffset = 0xFF8;

    /// <summary>A reserved offset of the register page. A write there by no vCPU tells the listeners of a level-triggered interrupt's end; the value is the vector.</summary>
    public const ulong EndOffset = 0xFF0;

    private const int NoVcpu = -1;

    private readonly IMemorySpace _memory;
    private readonly IBusMapping _page;
    private readonly List<LocalApic> _apics = [];
    private readonly List<IBusMapping?> _moved = [];
    private readonly List<IInterruptEndListener> _listeners = [];
    private int _lastLowest;

    /// <summary>Puts the register page on the memory space.</summary>
    /// <param name="context">What the board gives.</param>
    public LocalApicFabric(IDeviceContext context)
    {
        _memory = context.MemorySpace;
        Clock = context.Clock;
        _page = _memory.Map(PcLayout.LocalApic, FrameRange.FrameSize, new LocalApicPage(this, -1), context.Name);
    }

    /// <summary>The lock of all local APICs.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The time.</summary>
    public IClock Clock { get; }

    /// <inheritdoc/>
    public IVectoredInterruptController? ExternalController { get; set; }

    /// <inheritdoc/>
    public void Attach(ICpuCore core)
    {
        if (core is not IX86Core x86)
            throw new DiagnosticException("DOM3201", $"a core of the architecture '{core.Architecture}' has no local APIC", "choose a core for x86");
        _apics.Add(new LocalApic(this, x86, _memory.AddressBits));
        _moved.Add(null);
    }

    /// <inheritdoc/>
    public void AddEndListener(IInterruptEndListener listener) => _listeners.Add(listener);

    /// <inheritdoc/>
    public void SetLocalInput(int input, bool asserted)
    {
        lock (Gate)
        {
            foreach (LocalApic apic in _apics)
                apic.SetPin(input, asserted);
        }
    }

    /// <inheritdoc/>
    public void SignalInit()
    {
        lock (Gate)
        {
            foreach (LocalApic apic in _apics)
                apic.Accept(DeliveryMode.Init, 0, level: false);
        }
    }

    /// <inheritdoc/>
    public void SetReset(bool asserted)
    {
        lock (Gate)
        {
            foreach (LocalApic apic in _apics)
                apic.SetReset(asserted);
        }
    }

    /// <inheritdoc/>
    public bool Send(ulong address, uint data)
    {
        uint destination = ((uint)(address >> 12) & 0xFF) | ((uint)(address >> 40) << 8);
        bool redirection = (address & 8) != 0;
        var mode = (DeliveryMode)((data >> 8) & 7);

        // A redirection hint asks for one processor among the destinations (SDM volume 3A, 11.11.1).
        if (redirection && mode == DeliveryMode.Fixed)
            mode = DeliveryMode.LowestPriority;
        lock (Gate)
            return Deliver(destination == 0xFF ? uint.MaxValue : destination, (address & 4) != 0, mode, (byte)data, (data & 0x8000) != 0);
    }

    /// <summary>Delivers to the destinations of a message. Called under <see cref="Gate"/>.</summary>
    /// <param name="destination">The destination; <see cref="uint.MaxValue"/> for all.</param>
    /// <param name="logical">Whether it is a logical one.</param>
    /// <param name="mode">What the message asks for.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="level">Whether it is level-triggered.</param>
    /// <returns>False when nobody took it.</returns>
    public bool Deliver(uint destination, bool logical, DeliveryMode mode, byte vector, bool level)
    {
        if (mode == DeliveryMode.LowestPriority)
            return DeliverLowest(destination, logical, vector, level);
        bool taken = false;
        foreach (LocalApic apic in _apics)
        {
            if (!apic.IsDestination(destination, logical))
                continue;
            apic.Accept(mode, vector, level);
            taken = true;
        }

        return taken;
    }

    /// <summary>Delivers to all processors. Called under <see cref="Gate"/>.</summary>
    /// <param name="mode">What the message asks for.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="except">The sender, or null when it is meant too.</param>
    public void Broadcast(DeliveryMode mode, byte vector, LocalApic? except)
    {
        foreach (LocalApic apic in _apics)
        {
            if (apic != except && apic.IsDestination(uint.MaxValue, logical: false))
                apic.Accept(mode, vector, level: false);
        }
    }

    /// <summary>Tells the listeners of a level-triggered interrupt's end. Called without any lock: the write takes the device lock on its way.</summary>
    /// <param name="vector">The vector.</param>
    public void End(int vector) => _memory.Write(PcLayout.LocalApic + EndOffset, AccessWidth.Dword, (ulong)vector, NoVcpu);

    /// <summary>Moves a vCPU's register page after a write to IA32_APIC_BASE. Called without any lock: the write takes the device lock on its way.</summary>
    public void Relocate() => _memory.Write(PcLayout.LocalApic + RelocationOffset, AccessWidth.Dword, 0, NoVcpu);

    /// <summary>Has the page mappings follow the APICs. Called under the domain's device lock.</summary>
    public void ApplyRelocations()
    {
        for (int i = 0; i < _apics.Count; i++)
        {
            ulong page = _apics[i].Page;
            if (page == PcLayout.LocalApic || !_apics[i].IsMemoryMapped)
            {
                _moved[i]?.Dispose();
                _moved[i] = null;
            }
            else if (_moved[i] is not { } mapping)
            {
                _moved[i] = _memory.Map(page, FrameRange.FrameSize, new LocalApicPage(this, i), $"lapic{i}");
            }
            else if (mapping.Start != page)
            {
                mapping.Move(page);
            }
        }
    }

    /// <summary>Finds the APIC that an access to a page means.</summary>
    /// <param name="initiator">Who asks.</param>
    /// <param name="owner">The page's owner, or -1 for the page after reset.</param>
    /// <returns>The APIC, or null when none is there for that vCPU.</returns>
    public LocalApic? Find(int initiator, int owner)
    {
        if ((uint)initiator >= (uint)_apics.Count)
            return null;
        LocalApic apic = _apics[initiator];
        bool here = owner < 0 ? apic.Page == PcLayout.LocalApic : owner == initiator;
        return here && apic.IsMemoryMapped ? apic : null;
    }

    /// <summary>Reads a register. Only its first four bytes count (SDM volume 3A, 11.4.1).</summary>
    /// <param name="apic">The APIC.</param>
    /// <param name="access">Where.</param>
    /// <returns>The value.</returns>
    public uint Read(LocalApic apic, in BusAccess access)
    {
        int part = (int)access.Offset & 0xF;
        if (part >= 4)
            return 0;
        lock (Gate)
            return apic.ReadMapped((LocalApicRegister)(access.Offset >> 4)) >> (part * 8);
    }

    /// <summary>Writes a register: 32 bits at a multiple of 16, anything else is dropped. Called under the domain's device lock.</summary>
    /// <param name="apic">The APIC.</param>
    /// <param name="access">Where.</param>
    /// <param name="value">The value.</param>
    public void Write(LocalApic apic, in BusAccess access, ulong value)
    {
        if ((access.Offset & 0xF) != 0 || access.Width < AccessWidth.Dword)
            return;
        var register = (LocalApicRegister)(access.Offset >> 4);
        if (register >= LocalApicRegister.SelfIpi)
            return;
        int ended;
        lock (Gate)
            ended = apic.Write(register, (uint)value);
        if (ended >= 0)
            NotifyEnd((byte)ended);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        lock (Gate)
        {
            foreach (LocalApic apic in _apics)
                apic.PowerOn();
        }

        ApplyRelocations();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("lapic", 2);
        lock (Gate)
        {
            writer.Write(_apics.Count);
            writer.Write(_lastLowest);
            foreach (LocalApic apic in _apics)
                apic.Save(writer);
        }
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("lapic", 2);
        lock (Gate)
        {
            int count = reader.ReadInt32();
            if (count != _apics.Count)
                throw new InvalidDataException($"the state is of {count} local APICs; the domain has {_apics.Count}");
            _lastLowest = reader.ReadInt32();
            foreach (LocalApic apic in _apics)
                apic.Restore(reader);
        }

        ApplyRelocations();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _page.Dispose();
        foreach (IBusMapping? mapping in _moved)
            mapping?.Dispose();
        foreach (LocalApic apic in _apics)
            apic.Dispose();
    }

    // SDM volume 3A, 11.6.2.4: the destination with the lowest processor priority; among equals in turns.
    private bool DeliverLowest(uint destination, bool logical, byte vector, bool level)
    {
        int best = -1;
        uint bestPriority = uint.MaxValue;
        for (int i = 1; i <= _apics.Count; i++)
        {
            int index = (int)((uint)(_lastLowest + i) % (uint)_apics.Count);
            LocalApic apic = _apics[index];
            if (!apic.IsSoftwareEnabled || !apic.IsDestination(destination, logical))
                continue;
            uint priority = apic.ProcessorPriority >> 4;
            if (priority >= bestPriority)
                continue;
            bestPriority = priority;
            best = index;
        }

        if (best < 0)
            return false;
        _lastLowest = best;
        _apics[best].Accept(DeliveryMode.LowestPriority, vector, level);
        return true;
    }

    /// <summary>Tells the listeners of a level-triggered interrupt's end. Called under the domain's device lock.</summary>
    public void NotifyEnd(byte vector)
    {
        foreach (IInterruptEndListener listener in _listeners)
            listener.EndOfInterrupt(vector);
    }
}
