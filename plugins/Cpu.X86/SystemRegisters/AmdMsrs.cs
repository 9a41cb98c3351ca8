using Dominion.Persistence;

namespace Dominion.Cpu.X86.SystemRegisters;

/// <summary>Model-specific registers of AMD's processors that system software reads or writes without asking CPUID (APM volume 2, appendix A). They are only remembered: none of them changes what the core does.</summary>
internal sealed class AmdMsrs : IPersistent
{
    /// <summary>Index, value after power-on, bits that can be written.</summary>
    private static readonly (uint Index, ulong Reset, ulong Writable)[] Table =
    [
        // PerfEvtSel0 to 3 and PerfCtr0 to 3, which every AMD64 processor has: there is no event to count, so they stay 0.
        (0xC001_0000, 0, 0),
        (0xC001_0001, 0, 0),
        (0xC001_0002, 0, 0),
        (0xC001_0003, 0, 0),
        (0xC001_0004, 0, 0),
        (0xC001_0005, 0, 0),
        (0xC001_0006, 0, 0),
        (0xC001_0007, 0, 0),

        // SYSCFG: extended fixed-range attributes, TOM2 and its type.
        (0xC001_0010, 0, 0x007C_0000),

        // HWCR: bit 24, the TSC counts at the frequency of P0, is always set, and so is bit 4, INVD does as WBINVD.
        (0xC001_0015, 0x0100_0010, 0x0024_0110),

        // TOP_MEM and TOM2.
        (0xC001_001A, 0, 0x000F_FFFF_FF80_0000),
        (0xC001_001D, 0, 0x000F_FFFF_FF80_0000),

        // NB_CFG.
        (0xC001_001F, 0, 0),

        // Pending interrupts of the C1E state, which there is not.
        (0xC001_0055, 0, 0),

        // DE_CFG: LFENCE waits for all instructions before it.
        (0xC001_1029, 2, 0),
    ];

    private readonly ulong[] _values = new ulong[Table.Length];

    public AmdMsrs()
    {
        Reset();
    }

    /// <summary>Takes the state after power-on.</summary>
    public void Reset()
    {
        for (int i = 0; i < Table.Length; i++)
            _values[i] = Table[i].Reset;
    }

    /// <summary>Reads an MSR.</summary>
    /// <returns>False for one that is not here.</returns>
    public bool TryRead(uint index, out ulong value)
    {
        int at = Find(index);
        value = at < 0 ? 0 : _values[at];
        return at >= 0;
    }

    /// <summary>Writes an MSR; bits that cannot be written keep their value.</summary>
    /// <returns>False for one that is not here.</returns>
    public bool TryWrite(uint index, ulong value)
    {
        int at = Find(index);
        if (at < 0)
            return false;
        _values[at] = (Table[at].Reset & ~Table[at].Writable) | (value & Table[at].Writable);
        return true;
    }

    public void Save(StateWriter writer)
    {
        writer.BeginSection("x86-amd-msrs", 2);
        foreach (ulong value in _values)
            writer.Write(value);
    }

    public void Restore(StateReader reader)
    {
        reader.BeginSection("x86-amd-msrs", 2);
        for (int i = 0; i < _values.Length; i++)
            _values[i] = reader.ReadUInt64();
    }

    private static int Find(uint index) => Array.FindIndex(Table, entry => entry.Index == index);
}
