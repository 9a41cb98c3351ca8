using System.Buffers.Binary;
using Dominion.Buses;
using Dominion.Devices.Pc.Iommu;
using Dominion.Memory;

namespace Dominion.Devices.Pc.Tests.Iommu;

/// <summary>An IOMMU with a MiB of RAM for its tables, as software programs it by Intel's architecture for directed I/O.</summary>
internal sealed class IommuMachine
{
    public const ulong RootTable = 0x1000;
    public const ulong ContextTable = 0x2000;
    public const ulong PageTables = 0x3000;
    public const ulong InterruptTable = 0x8000;
    public const ulong Queue = 0x9000;
    public const ulong Data = 0x2_0000;

    public const int GlobalCommand = 0x18;
    public const int GlobalStatus = 0x1C;
    public const int FaultStatus = 0x34;
    public const int FaultControl = 0x38;
    public const int QueueHead = 0x80;
    public const int QueueTail = 0x88;
    public const int CompletionStatus = 0x9C;
    public const int FirstFault = 0x220;

    public const uint Translation = 1U << 31;
    public const uint RootPointer = 1 << 30;
    public const uint QueuedInvalidation = 1 << 26;
    public const uint Interrupts = 1 << 25;
    public const uint InterruptPointer = 1 << 24;
    public const uint CompatibilityPass = 1 << 23;

    public const ushort Function = 0x0010;
    public const uint EventData = 0x61;

    private const ulong Base = 0xFED9_0000;
    private const uint OneShot = RootPointer | InterruptPointer;

    public IommuMachine(IntelIommuOptions? options = null)
    {
        Unit = new IntelIommu(Domain, options ?? new IntelIommuOptions());
        Memory = Unit.GetMemory(Function);
        Messages = Unit.GetMessages(Function);
    }

    public TestDomain Domain { get; } = new();

    public IntelIommu Unit { get; }

    public IGuestMemory Memory { get; }

    public IMessageInterrupts Messages { get; }

    public byte[] Ram => Domain.Space.Ram;

    public uint Get(int offset) => Domain.Load(Base + (ulong)offset);

    public ulong GetWide(int offset) => Domain.Space.Read(Base + (ulong)offset, AccessWidth.Qword, 0);

    public void Set(int offset, uint value) => Domain.Store(Base + (ulong)offset, value);

    public void SetWide(int offset, ulong value) => Domain.Space.Write(Base + (ulong)offset, AccessWidth.Qword, value, 0);

    /// <summary>A command as 10.4.4 wants it: what is on stays on, one-shot bits are left out.</summary>
    public void Command(uint bits) => Set(GlobalCommand, (Get(GlobalStatus) & ~OneShot) | bits);

    public ulong ReadRam(ulong address) => BinaryPrimitives.ReadUInt64LittleEndian(Ram.AsSpan((int)address));

    public void WriteRam(ulong address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Ram.AsSpan((int)address), value);

    /// <summary>A root and a context entry for <see cref="Function"/>, and translation on.</summary>
    public void EnableTranslation(ulong contextLow = PageTables | 1, ulong contextHigh = 1)
    {
        WriteRam(RootTable, ContextTable | 1);
        SetContext(contextLow, contextHigh);
        SetWide(0x20, RootTable);
        Command(RootPointer);
        Command(Translation);
    }

    public void SetContext(ulong low, ulong high)
    {
        WriteRam(ContextTable + (Function * 16), low);
        WriteRam(ContextTable + (Function * 16) + 8, high);
    }

    /// <summary>Maps a page by tables that start at <see cref="PageTables"/>, one of each level, for addresses under 2 MiB.</summary>
    public void Map(ulong address, ulong target, ulong rights = 3, int levels = 3)
    {
        for (int level = levels; level > 1; level--)
            WriteRam(PageTables + ((ulong)(levels - level) * 0x1000), (PageTables + ((ulong)(levels - level + 1) * 0x1000)) | 3);
        WriteRam(PageTables + ((ulong)(levels - 1) * 0x1000) + ((address >> 12) * 8), target | rights);
    }

    public void EnableQueue()
    {
        SetWide(0x90, Queue);
        Command(QueuedInvalidation);
    }

    public void Submit(params ReadOnlySpan<(ulong Low, ulong High)> descriptors)
    {
        uint tail = Get(QueueTail);
        foreach ((ulong low, ulong high) in descriptors)
        {
            WriteRam(Queue + tail, low);
            WriteRam(Queue + tail + 8, high);
            tail = (tail + 16) & 0xFFF;
        }

        SetWide(QueueTail, tail);
    }

    /// <summary>An interrupt remapping table of 256 entries, and remapping on.</summary>
    public void EnableInterrupts(bool extended = false)
    {
        SetWide(0xB8, InterruptTable | (extended ? 1UL << 11 : 0) | 7);
        Command(InterruptPointer);
        Command(Interrupts);
    }

    public void SetEntry(int index, ulong low, ulong high)
    {
        WriteRam(InterruptTable + ((ulong)index * 16), low);
        WriteRam(InterruptTable + ((ulong)index * 16) + 8, high);
    }

    /// <summary>Lets the fault event through, with <see cref="EventData"/>.</summary>
    public void EnableFaultEvent()
    {
        Set(FaultControl + 4, EventData);
        Set(FaultControl + 8, 0xFEE0_1000);
        Set(FaultControl, 0);
    }

    public (int Reason, ushort Requester, ulong Information, bool IsRead) Fault(int index = 0)
    {
        ulong high = GetWide(FirstFault + (16 * index) + 8);
        Assert.NotEqual(0UL, high >> 63);
        return ((int)(high >> 32) & 0xFF, (ushort)high, GetWide(FirstFault + (16 * index)), (high & (1UL << 62)) != 0);
    }

    public void ClearFault(int index = 0) => Set(FirstFault + (16 * index) + 12, 1U << 31);
}
