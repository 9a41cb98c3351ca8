namespace Dominion.Cpu.X86.SystemRegisters;

/// <summary>The debug registers' meaning (SDM volume 3B, 18.2).</summary>
internal static class DebugRegisters
{
    /// <summary>DR6.BS.</summary>
    public const ulong SingleStep = 1 << 14;

    /// <summary>DR6.BT.</summary>
    public const ulong TaskSwitch = 1 << 15;

    /// <summary>DR6.BD.</summary>
    public const ulong AccessDetected = 1 << 13;

    /// <summary>IA32_DEBUGCTL.BTF: with TF set, only taken branches trap; #DB clears it (SDM volume 3B, 18.4.1).</summary>
    public const ulong BranchTrap = 1 << 1;

    /// <summary>DR7.GD.</summary>
    public const ulong GeneralDetect = 1 << 13;

    /// <summary>The bits of DR6 that read as one.</summary>
    public const ulong Dr6Fixed = 0xFFFF_0FF0;

    /// <summary>The bits of DR7 that read as one.</summary>
    public const ulong Dr7Fixed = 1 << 10;

    /// <summary>The DR6 bits of the instruction breakpoints at an address.</summary>
    public static ulong MatchExecution(ref X86State state, ulong linear)
    {
        ulong hits = 0;
        for (int i = 0; i < 4; i++)
        {
            if (IsEnabled(state.Dr7, i) && Kind(state.Dr7, i) == 0 && state.DebugAddresses[i] == linear)
                hits |= 1UL << i;
        }

        return hits;
    }

    /// <summary>The DR6 bits of the data breakpoints that an access touches.</summary>
    public static ulong MatchData(ref X86State state, ulong linear, int size, bool write)
    {
        ulong hits = 0;
        for (int i = 0; i < 4; i++)
        {
            int kind = Kind(state.Dr7, i);
            if (!IsEnabled(state.Dr7, i) || (kind == 1 ? !write : kind != 3))
                continue;
            ulong length = Length(state.Dr7, i);
            ulong start = state.DebugAddresses[i] & ~(length - 1);
            if (linear < start + length && start < linear + (ulong)size)
                hits |= 1UL << i;
        }

        return hits;
    }

    /// <summary>The DR6 bits of the I/O breakpoints that an access touches (CR4.DE set).</summary>
    public static ulong MatchPort(ref X86State state, ushort port, int size)
    {
        ulong hits = 0;
        for (int i = 0; i < 4; i++)
        {
            if (!IsEnabled(state.Dr7, i) || Kind(state.Dr7, i) != 2)
                continue;
            ulong length = Length(state.Dr7, i);
            ulong start = state.DebugAddresses[i] & ~(length - 1);
            if (port < start + length && start < port + (ulong)size)
                hits |= 1UL << i;
        }

        return hits;
    }

    private static bool IsEnabled(ulong dr7, int index) => ((dr7 >> (2 * index)) & 3) != 0;

    private static int Kind(ulong dr7, int index) => (int)(dr7 >> (16 + (4 * index))) & 3;

    private static ulong Length(ulong dr7, int index) => ((dr7 >> (18 + (4 * index))) & 3) switch
    {
        0 => 1,
        1 => 2,
        2 => 8,
        _ => 4,
    };
}
