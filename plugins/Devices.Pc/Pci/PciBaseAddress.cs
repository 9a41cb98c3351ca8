using Dominion.Buses;
using Dominion.Devices.Pci;

namespace Dominion.Devices.Pc.Pci;

/// <summary>One base address register with the range that it decodes (PCI Local Bus 3.0, 6.2.5.1).</summary>
internal sealed class PciBaseAddress : IDisposable
{
    private const uint PortFlags = 0x1;
    private const uint Memory64Flags = 0x4;
    private const uint PrefetchableFlag = 0x8;

    private readonly PciBar _bar;
    private readonly int _addressBits;
    private readonly IBusMapping _mapping;

    /// <summary>Puts the range on its bus, not answering yet.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="bar">What the register decodes.</param>
    /// <param name="address">The address that it has after reset.</param>
    /// <param name="name">A name for logs.</param>
    public PciBaseAddress(IDeviceContext context, PciBar bar, ulong address, string name)
    {
        _bar = bar;
        _addressBits = context.MemorySpace.AddressBits;
        ResetValue = address;
        _mapping = IsPort
            ? context.Ports.Map((ushort)address, (int)bar.Size, bar.Target, name)
            : context.MemorySpace.Map(address, bar.Size, bar.Target, name);
        _mapping.Enabled = false;
    }

    /// <summary>The offset of the register in configuration space.</summary>
    public int Offset => PciRegister.BaseAddress0 + (4 * _bar.Index);

    /// <summary>The length of the register in bytes.</summary>
    public int Width => Is64Bit ? 8 : 4;

    /// <summary>The address that the register has after reset.</summary>
    public ulong ResetValue { get; }

    /// <summary>The bits of the register that can be written; the others below say how large the range is.</summary>
    public ulong Mask => ~(_bar.Size - 1) & (Is64Bit ? ulong.MaxValue : uint.MaxValue);

    /// <summary>The constant low bits of the register.</summary>
    public uint Flags => _bar.Kind switch
    {
        PciBarKind.Port => PortFlags,
        PciBarKind.Memory32 => 0,
        PciBarKind.Memory64 => Memory64Flags,
        _ => Memory64Flags | PrefetchableFlag,
    };

    private bool IsPort => _bar.Kind == PciBarKind.Port;

    private bool Is64Bit => _bar.Kind is PciBarKind.Memory64 or PciBarKind.Memory64Prefetchable;

    /// <summary>Whether a register's value says a place where the range can answer: not 0, not what sizing writes, and inside the space.</summary>
    /// <param name="address">The address in the register.</param>
    /// <returns>True when it can answer there.</returns>
    public bool CanDecode(ulong address)
    {
        ulong last = address + (_bar.Size - 1);
        if (address == 0 || last < address)
            return false;
        if (IsPort)
            return last < 0x1_0000;

        // Sizing leaves all ones in the low dword. Such a range would end where the reset vector is; no sane guest puts one there.
        return last != uint.MaxValue && (_addressBits >= 64 || last >> _addressBits == 0);
    }

    /// <summary>Follows the register and the command register.</summary>
    /// <param name="address">The address in the register.</param>
    /// <param name="command">The command register.</param>
    public void Update(ulong address, ushort command)
    {
        bool enabled = (command & (IsPort ? PciRegister.CommandPorts : PciRegister.CommandMemory)) != 0 && CanDecode(address);
        if (!enabled)
        {
            if (_mapping.Enabled)
                _mapping.Enabled = false;
            return;
        }

        if (_mapping.Start != address)
            _mapping.Move(address);
        if (!_mapping.Enabled)
            _mapping.Enabled = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _mapping.Dispose();
}
