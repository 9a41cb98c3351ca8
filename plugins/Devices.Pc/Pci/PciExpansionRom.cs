using System.Numerics;
using Dominion.Buses;

namespace Dominion.Devices.Pc.Pci;

/// <summary>A function's expansion ROM with the register that says where it answers (PCI Local Bus 3.0, 6.2.5.2).</summary>
internal sealed class PciExpansionRom : IBusTarget, IDisposable
{
    private const uint EnableBit = 1;
    private const uint LeastSize = 2048;

    private readonly ReadOnlyMemory<byte> _content;
    private readonly IBusMapping _mapping;

    /// <summary>Puts the ROM on the bus, not answering yet.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="content">The content.</param>
    /// <param name="address">The address that the register has after reset.</param>
    /// <param name="name">A name for logs.</param>
    public PciExpansionRom(IDeviceContext context, ReadOnlyMemory<byte> content, ulong address, string name)
    {
        _content = content;
        Size = SizeOf(content);
        ResetValue = (uint)address;
        _mapping = context.MemorySpace.Map(address, Size, this, name);
        _mapping.Enabled = false;
    }

    /// <summary>The length of the range.</summary>
    public uint Size { get; }

    /// <summary>The address that the register has after reset; it does not answer there yet.</summary>
    public uint ResetValue { get; }

    /// <summary>The bits of the register that can be written.</summary>
    public uint Mask => ~(Size - 1) | EnableBit;

    /// <summary>How long a range a content needs.</summary>
    /// <param name="content">The content.</param>
    /// <returns>A power of two, at least 2 KiB.</returns>
    public static uint SizeOf(ReadOnlyMemory<byte> content) => Math.Max(BitOperations.RoundUpToPowerOf2((uint)content.Length), LeastSize);

    /// <summary>Follows the register and the command register.</summary>
    /// <param name="register">The register.</param>
    /// <param name="command">The command register.</param>
    public void Update(uint register, ushort command)
    {
        uint address = register & ~(Size - 1);
        bool enabled = (register & EnableBit) != 0 && (command & PciRegister.CommandMemory) != 0 && address != 0 && address != ~(Size - 1);
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
    public ulong Read(in BusAccess access)
    {
        ulong value = 0;
        for (int i = 0; i < (int)access.Width; i++)
        {
            int at = (int)access.Offset + i;
            value |= (ulong)(at < _content.Length ? _content.Span[at] : byte.MaxValue) << (8 * i);
        }

        return value;
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        // A ROM takes nothing.
    }

    /// <inheritdoc/>
    public void Dispose() => _mapping.Dispose();
}
