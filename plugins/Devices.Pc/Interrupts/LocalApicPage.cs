using Dominion.Buses;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>A page of local APIC registers: the one that every APIC has after reset, or the one to which one APIC was moved.</summary>
internal sealed class LocalApicPage : IBusTarget
{
    private readonly LocalApicFabric _fabric;
    private readonly int _owner;

    /// <summary>Makes a page.</summary>
    /// <param name="fabric">The fabric.</param>
    /// <param name="owner">The only vCPU that finds its APIC here, or -1 for all whose APIC is at the address after reset.</param>
    public LocalApicPage(LocalApicFabric fabric, int owner)
    {
        _fabric = fabric;
        _owner = owner;
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access) =>
        _fabric.Find(access.Initiator, _owner) is { } apic ? _fabric.Read(apic, access) : ulong.MaxValue;

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        if (access.Initiator < 0 && access.Offset == LocalApicFabric.RelocationOffset)
            _fabric.ApplyRelocations();
        else if (access.Initiator < 0 && access.Offset == LocalApicFabric.EndOffset)
            _fabric.NotifyEnd((byte)value);
        else if (_fabric.Find(access.Initiator, _owner) is { } apic)
            _fabric.Write(apic, access, value);
    }
}
