using Dominion.Devices.Pc.Iommu;
using Dominion.Devices.Pc.Tests.Firmware;
using Dominion.Devices.Pc.Tests.Mainboard;
using Dominion.Diagnostics;

namespace Dominion.Devices.Pc.Tests.Iommu;

/// <summary>The IOMMU in its slot: what the firmware's table tells of it, and the I/O APIC behind it.</summary>
public sealed class IommuBoardTests : IDisposable
{
    private const ulong Base = 0xFED9_0000;
    private const ulong Table = 0x1_0000;
    private readonly TestPc _pc = new(extra: Binding("iommu"));

    public void Dispose() => _pc.Dispose();

    [Fact]
    public void DMAR_names_the_unit_the_IO_APIC_and_the_HPET()
    {
        byte[] table = AcpiReader.TablesOf(_pc)["DMAR"];
        Assert.Equal((1, 39, 1), (table[8], table[36], table[37]));
        Assert.Equal([0, 0, 32, 0, 1, 0, 0, 0, 0, 0, 0xD9, 0xFE, 0, 0, 0, 0], table[48..64]);
        Assert.Equal([3, 8, 0, 0, 0, 0xF0, 0x1F, 0], table[64..72]);
        Assert.Equal([4, 8, 0, 0, 0, 0xF0, 0x0F, 0], table[72..80]);
        Assert.Equal(80, table.Length);
    }

    [Theory]
    [InlineData(0xF0F8UL, true)]
    [InlineData(0xF0F9UL, false)]
    public void An_entry_of_the_IO_APIC_is_remapped_under_its_own_id(ulong source, bool arrives)
    {
        // Index 5: handle bits 14-0 in bits 63-49, the format in bit 48.
        Assert.True(_pc.Frames.TryWrite(Table + (5 * 16), [.. BitConverter.GetBytes(0x0000_0100_0041_0001UL), .. BitConverter.GetBytes(source | (1UL << 18))]));
        _pc.Store(Base + 0xB8, (uint)Table | 3);
        _pc.Store(Base + 0x18, 1 << 24);
        _pc.Store(Base + 0x18, 1 << 25);
        EnableApic(1);
        _pc.Store(0xFEC0_0000, 0x11 + (2 * 4));
        _pc.Store(0xFEC0_0010, (5 << 17) | (1 << 16));
        _pc.Store(0xFEC0_0000, 0x10 + (2 * 4));
        _pc.Store(0xFEC0_0010, 0x99);
        _pc.Out(0x3F9, 2); // COM1's transmitter interrupts: IRQ 4
        _pc.Out(0x3FC, 8);
        Assert.Equal(arrives ? 1U << 1 : 0, _pc.Load(0xFEE0_0220, 1));
        Assert.Equal(arrives ? 0U : 2, _pc.Load(Base + 0x34));
    }

    [Fact]
    public void A_unit_outside_its_slot_is_refused() =>
        Assert.Equal("DOM3225", Assert.Throws<DiagnosticException>(() => new TestPc(extra: Binding(null))).Diagnostic.Id);

    private static TestBinding Binding(string? slot) => new(slot, "intel-iommu", new IntelIommuFactory(), new IntelIommuOptions());

    private void EnableApic(int vcpu) => _pc.Store(0xFEE0_00F0, 0x1FF, vcpu);
}
