using Dominion.Devices.Pc.Iommu;
using Dominion.Diagnostics;

namespace Dominion.Devices.Pc.Tests.Iommu;

/// <summary>Registers, reset, save and restore.</summary>
public class IommuStateTests
{
    [Fact]
    public void Capabilities_are_what_the_unit_does()
    {
        IommuMachine machine = new();
        Assert.Equal(0x10U, machine.Get(0));
        ulong capability = machine.GetWide(8);
        Assert.Equal(6UL, capability & 7); // 64 K domains
        Assert.Equal(0b00110UL, (capability >> 8) & 31); // 39 and 48 bits
        Assert.Equal(47UL, (capability >> 16) & 63);
        Assert.Equal(3UL, (capability >> 34) & 15); // 2 MiB and 1 GiB
        Assert.Equal(0xF0U, (uint)((machine.GetWide(0x10) >> 8) & 0x3FF) * 16);
    }

    [Fact]
    public void The_status_follows_the_commands()
    {
        IommuMachine machine = new();
        machine.Command(IommuMachine.RootPointer);
        machine.Command(IommuMachine.InterruptPointer);
        machine.Command(IommuMachine.Translation);
        machine.Command(IommuMachine.Interrupts);
        Assert.Equal(IommuMachine.RootPointer | IommuMachine.InterruptPointer | IommuMachine.Translation | IommuMachine.Interrupts, machine.Get(IommuMachine.GlobalStatus));
        machine.Set(IommuMachine.GlobalCommand, IommuMachine.Interrupts);
        Assert.Equal(IommuMachine.RootPointer | IommuMachine.InterruptPointer | IommuMachine.Interrupts, machine.Get(IommuMachine.GlobalStatus));
        machine.Unit.Reset();
        Assert.Equal(0U, machine.Get(IommuMachine.GlobalStatus));
    }

    [Fact]
    public void Save_and_restore_keep_tables_queue_and_faults()
    {
        IommuMachine machine = new();
        machine.EnableTranslation();
        machine.Map(0x5000, IommuMachine.Data);
        machine.EnableInterrupts(extended: true);
        machine.SetEntry(1, 0x0041_0001, 0);
        machine.EnableQueue();
        machine.Submit((0x12UL, 0UL));
        Assert.False(machine.Memory.TryRead(0x9000, new byte[1]));
        machine.SetWide(0x20, 0xF000);

        IommuMachine copy = new();
        machine.Ram.CopyTo(copy.Ram, 0);
        TestDomain.Restore(copy.Unit, TestDomain.Save(machine.Unit));
        Assert.Equal(TestDomain.Save(machine.Unit), TestDomain.Save(copy.Unit));
        Assert.Equal((6, IommuMachine.Function, 0x9000UL, true), copy.Fault());
        Assert.True(copy.Memory.TryWrite(0x5000, [1]));
        Assert.Equal(1, copy.Ram[IommuMachine.Data]);
        Assert.True(copy.Messages.Send(0xFEE0_0030, 0));
        Assert.Equal([(0xFEE0_0000UL, 0x4041U)], copy.Domain.Sent);
        copy.Submit((0x0000_0001_0000_0025UL, IommuMachine.Data + 0x100));
        Assert.Equal(1, copy.Ram[IommuMachine.Data + 0x100]);
    }

    [Theory]
    [InlineData("f0:1f.0", 0xF0F8)]
    [InlineData("00:01.7", 0x000F)]
    [InlineData("00:20.0", null)]
    [InlineData("00:01.8", null)]
    [InlineData("100:01.0", null)]
    [InlineData("00.01:0", null)]
    [InlineData("ioapic", null)]
    [InlineData("-1:01.0", null)]
    public void A_requesters_id_is_bus_device_and_function(string text, int? id)
    {
        IntelIommuOptions options = new() { Ioapic = text };
        if (id is null)
            Assert.Equal("DOM3226", Assert.Throws<DiagnosticException>(() => new IommuMachine(options)).Diagnostic.Id);
        else
            Assert.Equal(id, new IommuMachine(options).Unit.Description.IoApic);
    }
}
