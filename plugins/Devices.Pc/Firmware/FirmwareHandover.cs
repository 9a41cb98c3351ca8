using Dominion.Buses;
using Dominion.Cpu.X86;
using Dominion.Memory;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>The ports through which <see cref="HandoverRom"/> has the domain's loader put a kernel in memory: the firmware's memory map goes in, the way into the kernel comes out. Nothing of it outlives a boot: a machine that is saved in the microseconds between loading and entering boots anew.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>0x520 write</term><description>32 bits: the next dword of an E820h entry (address, length, type: five dwords).</description></item>
/// <item><term>0x524 write</term><description>Loads; the entries written so far are the memory map.</description></item>
/// <item><term>0x528, 0x52C, 0x530, 0x534, 0x538 read</term><description>32 bits: EIP, EAX, EBX, ESI and the descriptor table's address; EIP is 0 when nothing was loaded.</description></item>
/// </list>
/// </remarks>
internal sealed class FirmwareHandover : IBusTarget, IDisposable
{
    /// <summary>The first port.</summary>
    public const ushort Port = 0x520;

    private const int MapOffset = 0;
    private const int LoadOffset = 4;
    private const int EntryOffset = 8;
    private const int PortCount = 0x1C;
    private const int DwordsPerEntry = 5;
    private const int MostDwords = 256 * DwordsPerEntry;
    private const ulong ReadOnlyArea = 0xE_0000;

    private readonly IGuestMemory _memory;
    private readonly Func<IReadOnlyList<MemoryMapEntry>, ulong, X86KernelEntry> _loader;
    private readonly IBusMapping _mapping;
    private readonly List<uint> _map = [];
    private X86KernelEntry _entry;

    /// <summary>Puts the ports in place.</summary>
    /// <param name="context">What the domain gives the board.</param>
    /// <param name="loader">Who loads.</param>
    public FirmwareHandover(IBoardContext context, Func<IReadOnlyList<MemoryMapEntry>, ulong, X86KernelEntry> loader)
    {
        _memory = context.MemorySpace;
        _loader = loader;
        _mapping = context.Ports.Map(Port, PortCount, this, "handover");
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access) => access.Width != AccessWidth.Dword ? ulong.MaxValue : ((int)access.Offset - EntryOffset) switch
    {
        0x00 => _entry.Eip,
        0x04 => _entry.Eax,
        0x08 => _entry.Ebx,
        0x0C => _entry.Esi,
        0x10 => _entry.DescriptorTable,
        _ => ulong.MaxValue,
    };

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        switch ((int)access.Offset)
        {
            case MapOffset when access.Width == AccessWidth.Dword && _map.Count < MostDwords:
                _map.Add((uint)value);
                break;
            case LoadOffset:
                Load();
                break;
        }
    }

    /// <summary>Forgets what was loaded.</summary>
    public void Reset()
    {
        _map.Clear();
        _entry = default;
    }

    /// <inheritdoc/>
    public void Dispose() => _mapping.Dispose();

    private void Load()
    {
        List<MemoryMapEntry> map = [];
        for (int i = 0; i + DwordsPerEntry <= _map.Count; i += DwordsPerEntry)
            map.Add(new MemoryMapEntry(_map[i] | ((ulong)_map[i + 1] << 32), _map[i + 2] | ((ulong)_map[i + 3] << 32), (MemoryMapType)_map[i + 4]));
        map.Sort((left, right) => left.Start.CompareTo(right.Start));
        _map.Clear();
        _entry = _loader(map, FindRootPointer());
    }

    // Where the firmware has put its copy (ACPI 6.5, 5.2.5.1): on a boundary of 16 bytes from E0000h to 1 MiB.
    private ulong FindRootPointer()
    {
        byte[] area = new byte[PcLayout.ExtendedMemory - ReadOnlyArea];
        if (!_memory.TryRead(ReadOnlyArea, area))
            return 0;
        for (int at = 0; at < area.Length; at += 16)
        {
            if (area.AsSpan(at).StartsWith("RSD PTR "u8))
                return ReadOnlyArea + (ulong)at;
        }

        return 0;
    }
}
