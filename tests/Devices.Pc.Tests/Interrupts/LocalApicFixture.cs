using Dominion.Devices.Pc.Interrupts;

namespace Dominion.Devices.Pc.Tests.Interrupts;

/// <summary>Local APICs on cores that do not run, all on.</summary>
internal sealed class LocalApicFixture : IInterruptEndListener
{
    public const ulong Base = 0xFEE0_0000;

    public LocalApicFixture(int count = 2)
    {
        Fabric = new LocalApicFabric(Domain);
        for (int i = 0; i < count; i++)
        {
            TestCore core = new(i, Domain.Time);
            Cores.Add(core);
            Fabric.Attach(core);
        }

        Fabric.AddEndListener(this);
        Fabric.Reset();
        for (int i = 0; i < count; i++)
            Set(0xF0, 0x1FF, i);
    }

    public TestDomain Domain { get; } = new();

    public LocalApicFabric Fabric { get; }

    public List<TestCore> Cores { get; } = [];

    public List<byte> Ended { get; } = [];

    public void EndOfInterrupt(byte vector) => Ended.Add(vector);

    public uint Get(int offset, int vcpu = 0) => Domain.Load(Base + (uint)offset, vcpu);

    public void Set(int offset, uint value, int vcpu = 0) => Domain.Store(Base + (uint)offset, value, vcpu);

    public int Acknowledge(int vcpu = 0) => Cores[vcpu].LocalApic!.Acknowledge();

    public bool ReadMsr(uint index, out ulong value, int vcpu = 0) => Cores[vcpu].LocalApic!.TryReadMsr(index, out value);

    public bool WriteMsr(uint index, ulong value, int vcpu = 0) => Cores[vcpu].LocalApic!.TryWriteMsr(index, value);

    public void SwitchToX2(int vcpu) => Assert.True(WriteMsr(0x1B, Base | 0xC00 | (vcpu == 0 ? 0x100UL : 0), vcpu));

    /// <summary>A message of an MSI or an I/O APIC.</summary>
    public bool Send(uint destination, byte vector, int mode = 0, bool logical = false, bool level = false) =>
        Fabric.Send(Base | (destination << 12) | (logical ? 4U : 0), vector | ((uint)mode << 8) | (level ? 0xC000U : 0));
}
