using System.Buffers.Binary;
using Dominion.Devices.Pc.Iommu;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>Builds the DMA remapping reporting table (Intel VT-d, 8): one unit that serves every PCI function, with the ids of the I/O APIC and the HPET.</summary>
internal static class RemappingTable
{
    private const byte InterruptRemapping = 1 << 0;
    private const byte IncludePciAll = 1 << 0;
    private const byte IoApicScope = 3;
    private const byte HpetScope = 4;

    /// <summary>Builds the table's body, which follows ACPI's header.</summary>
    /// <param name="machine">The board.</param>
    /// <param name="unit">Its IOMMU.</param>
    /// <returns>The body.</returns>
    public static byte[] Build(AcpiMachine machine, RemappingUnit unit)
    {
        List<byte> scopes = [];
        if (machine.HasIoApic)
            scopes.AddRange(Scope(IoApicScope, unit.IoApic));
        if (machine.HasHpet)
            scopes.AddRange(Scope(HpetScope, unit.Hpet));
        byte[] definition = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(definition.AsSpan(2), (ushort)(definition.Length + scopes.Count));
        definition[4] = IncludePciAll;
        BinaryPrimitives.WriteUInt64LittleEndian(definition.AsSpan(8), PcLayout.Iommu);
        return [(byte)(machine.AddressBits - 1), InterruptRemapping, .. new byte[10], .. definition, .. scopes];
    }

    // The enumeration id is that of the MADT's I/O APIC and the HPET table's number: both are 0.
    private static byte[] Scope(byte type, ushort requester) => [type, 8, 0, 0, 0, (byte)(requester >> 8), (byte)((requester >> 3) & 31), (byte)(requester & 7)];
}
