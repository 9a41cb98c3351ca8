using Dominion.Buses;
using Dominion.Devices.Pc.Registers;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>An IOMMU by Intel's architecture for directed I/O (document D51397): DMA remapping by legacy root and context entries with second-level tables of 3 or 4 levels, invalidation by registers and by queue, interrupt remapping. One unit serves the whole board.</summary>
internal sealed class IntelIommu : IDevice, IIommu
{
    private const uint Version = 0x10;
    private const int InvalidationOffset = 0xF0;

    // GCMD and GSTS have the same bits (10.4.4, 10.4.5).
    private const uint TranslationEnable = 1U << 31;
    private const uint RootPointer = 1 << 30;
    private const uint QueueEnable = 1 << 26;
    private const uint InterruptEnable = 1 << 25;
    private const uint InterruptPointer = 1 << 24;
    private const uint CompatibilityPass = 1 << 23;
    private const uint Switches = TranslationEnable | QueueEnable | InterruptEnable | CompatibilityPass;

    private const ulong PageMask = 0xFFF;
    private const ulong ExtendedMode = 1 << 11;
    private const ulong TableSize = 0xF;
    private const ulong Command = 1UL << 63;
    private const ulong GlobalDone = 1;
    private const int ContextRequestShift = 61;
    private const int ContextDoneShift = 59;
    private const int TranslationRequestShift = 60;
    private const int TranslationDoneShift = 57;

    private readonly IGuestMemory _memory;
    private readonly IMessageInterrupts _messages;
    private readonly IBusMapping _mapping;
    private readonly bool _hasExtendedMode;
    private readonly ulong _addressBits;
    private readonly FaultLog _faults;
    private readonly DmaRemapper _remapper;
    private readonly InterruptRemapper _interrupts;
    private readonly InvalidationQueue _queue;
    private uint _status;
    private ulong _rootPointer;
    private ulong _interruptPointer;
    private ulong _contextCommand;
    private ulong _invalidationAddress;
    private ulong _translationCommand;

    /// <summary>Puts the registers on the memory space.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">What the unit can do and who asks it.</param>
    public IntelIommu(IDeviceContext context, IntelIommuOptions options)
    {
        Description = new RemappingUnit(Parse(options.Ioapic), Parse(options.Hpet));
        _memory = context.Memory;
        _messages = context.Messages;
        _hasExtendedMode = options.Eim;
        int bits = context.MemorySpace.AddressBits;
        _addressBits = (1UL << bits) - 1;
        RegisterMap map = new(4, 0x1000, unassigned: 0);
        _faults = new FaultLog(map, _messages);
        _remapper = new DmaRemapper(map, _memory, bits, _faults);
        _interrupts = new InterruptRemapper(_memory, _faults);
        _queue = new InvalidationQueue(map, _memory, bits, _messages, _faults, _remapper.Invalidate);
        map.At(0x00, "Version", () => Version)
            .AtWide(0x08, "Capability", () => Capability)
            .AtWide(0x10, "Extended capability", () => ExtendedCapability)
            .At(0x18, "Global command", null, (value, mask) => Execute(Bits.Merge(_status, value, mask)))
            .At(0x1C, "Global status", () => _status)
            .AtWide(0x20, "Root table address", () => _rootPointer, (value, mask) => _rootPointer = Bits.Merge(_rootPointer, value, mask & _addressBits & ~PageMask))
            .AtWide(0x28, "Context command", () => _contextCommand, WriteContextCommand)
            .AtWide(0xB8, "Interrupt remapping table address", () => _interruptPointer, (value, mask) => _interruptPointer = Bits.Merge(_interruptPointer, value, mask & InterruptPointerBits))
            .AtWide(InvalidationOffset, "Invalidate address", null, (value, mask) => _invalidationAddress = Bits.Merge(_invalidationAddress, value, mask))
            .AtWide(InvalidationOffset + 8, "IOTLB invalidate", () => _translationCommand, WriteTranslationCommand);
        _mapping = context.MemorySpace.Map(PcLayout.Iommu, 0x1000, map, context.Name);
        Reset();
    }

    /// <summary>What the firmware tables tell.</summary>
    public RemappingUnit Description { get; }

    // 10.4.2: 64 K domain ids, protected memory regions, tables of 39 and 48 bits, 48 bits of address, zero-length reads, pages of 2 MiB and
    // 1 GiB, page-selective invalidation, fault records, drained writes and reads.
    private static ulong Capability =>
        6 | (1UL << 5) | (1UL << 6) | (0b00110UL << 8) | ((ulong)(DmaRemapper.InputBits - 1) << 16) | (1UL << 22)
        | ((ulong)(FaultLog.RecordOffset / 16) << 24) | (0b11UL << 34) | (1UL << 39) | ((ulong)(FaultLog.RecordCount - 1) << 40)
        | ((ulong)InvalidationQueue.MostMask << 48) | (1UL << 54) | (1UL << 55);

    // 10.4.3: coherent walks, queued invalidation, interrupt remapping, extended mode, pass-through, snoop control, the invalidation registers' place,
    // the greatest mask of interrupt entries.
    private ulong ExtendedCapability =>
        1 | (1UL << 1) | (1UL << 3) | (_hasExtendedMode ? 1UL << 4 : 0) | (1UL << 6) | (1UL << 7) | ((ulong)(InvalidationOffset / 16) << 8) | (0xFUL << 20);

    private ulong InterruptPointerBits => (_addressBits & ~PageMask) | TableSize | (_hasExtendedMode ? ExtendedMode : 0);

    /// <inheritdoc/>
    public IGuestMemory GetMemory(ushort requester) => new Requester(requester, _memory, _messages, _remapper, _interrupts);

    /// <inheritdoc/>
    public IMessageInterrupts GetMessages(ushort requester) => new Requester(requester, _memory, _messages, _remapper, _interrupts);

    /// <inheritdoc/>
    public void Reset()
    {
        _status = 0;
        _rootPointer = 0;
        _interruptPointer = 0;
        _contextCommand = 0;
        _invalidationAddress = 0;
        _translationCommand = 0;
        _remapper.Root = 0;
        _remapper.Protected.Reset();
        SetInterruptTable(0);
        _faults.Reset();
        _queue.Reset();
        Apply();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("intel-iommu", 1);
        writer.Write(_status);
        writer.Write(_rootPointer);
        writer.Write(_interruptPointer);
        writer.Write(_contextCommand);
        writer.Write(_invalidationAddress);
        writer.Write(_translationCommand);
        writer.Write(_remapper.Root);
        writer.Write(InterruptTable);
        _remapper.Protected.Save(writer);
        _faults.Save(writer);
        _queue.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("intel-iommu", 1);
        _status = reader.ReadUInt32() & (Switches | RootPointer | InterruptPointer);
        _rootPointer = reader.ReadUInt64() & _addressBits & ~PageMask;
        _interruptPointer = reader.ReadUInt64() & InterruptPointerBits;
        _contextCommand = reader.ReadUInt64() & ~Command;
        _invalidationAddress = reader.ReadUInt64();
        _translationCommand = reader.ReadUInt64() & ~Command;
        _remapper.Root = reader.ReadUInt64() & _addressBits & ~PageMask;
        SetInterruptTable(reader.ReadUInt64() & InterruptPointerBits);
        _remapper.Protected.Restore(reader);
        _faults.Restore(reader);
        _queue.Restore(reader);
        Apply();
    }

    /// <inheritdoc/>
    public void Dispose() => _mapping.Dispose();

    private static ushort Parse(string text) => RequesterId.TryParse(text, out ushort requester)
        ? requester
        : throw new DiagnosticException("DOM3226", $"'{text}' is no requester id", "write bus:device.function in hexadecimal, such as f0:1f.0");

    // The table as the interrupt pointer register had it when the command took it over.
    private ulong InterruptTable => _interrupts.Table | (_interrupts.IsExtended ? ExtendedMode : 0) | uint.Log2((uint)_interrupts.EntryCount >> 1);

    private void SetInterruptTable(ulong pointer)
    {
        _interrupts.Table = pointer & ~PageMask;
        _interrupts.EntryCount = 2 << (int)(pointer & TableSize);
        _interrupts.IsExtended = (pointer & ExtendedMode) != 0;
    }

    private void Execute(uint command)
    {
        if ((command & RootPointer) != 0)
            _remapper.Root = _rootPointer;
        if ((command & InterruptPointer) != 0)
            SetInterruptTable(_interruptPointer);
        _status = (command & Switches) | ((_status | command) & (RootPointer | InterruptPointer));
        Apply();
        _queue.Enable((_status & QueueEnable) != 0);
    }

    private void Apply()
    {
        _remapper.Enabled = (_status & TranslationEnable) != 0;
        _interrupts.Enabled = (_status & InterruptEnable) != 0;
        _interrupts.PassesCompatibility = (_status & CompatibilityPass) != 0;
        _remapper.Invalidate();
    }

    // Whatever part is asked for, all goes, and the actual granularity says so. A reserved request does nothing (10.4.7, 10.4.8).
    private void WriteContextCommand(ulong value, ulong mask) =>
        _contextCommand = Finish(Bits.Merge(_contextCommand, value, mask & ~(3UL << ContextDoneShift)), ContextRequestShift, ContextDoneShift);

    private void WriteTranslationCommand(ulong value, ulong mask) =>
        _translationCommand = Finish(Bits.Merge(_translationCommand, value, mask & ~(3UL << TranslationDoneShift)), TranslationRequestShift, TranslationDoneShift);

    private ulong Finish(ulong command, int requestShift, int doneShift)
    {
        if ((command & Command) == 0)
            return command;
        command &= ~(Command | (3UL << doneShift));
        if (((command >> requestShift) & 3) == 0)
            return command;
        _remapper.Invalidate();
        return command | (GlobalDone << doneShift);
    }
}
