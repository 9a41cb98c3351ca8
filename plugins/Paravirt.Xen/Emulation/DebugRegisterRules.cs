using Dominion.Cpu.X86;
using Dominion.Paravirt.Xen.Abi;

namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>What a guest may put into the debug registers: breakpoints on its own addresses only, no I/O breakpoints, no general detect (SDM volume 3B, 18.2).</summary>
internal static class DebugRegisterRules
{
    private const ulong Dr6Fixed = 0xFFFF_0FF0;
    private const ulong Dr6Settable = 0xE00F;
    private const ulong Dr7Fixed = 0x400;
    private const ulong Dr7Settable = 0xFFFF_03FF;
    private const ulong GeneralDetect = 1 << 13;

    /// <summary>Writes a register.</summary>
    /// <param name="state">The vCPU's state.</param>
    /// <param name="number">0 to 7; 4 and 5 are 6 and 7.</param>
    /// <param name="value">The value.</param>
    public static XenError Write(ref X86State state, int number, ulong value)
    {
        switch (number)
        {
            case >= 0 and <= 3:
                if (!GuestAddress.IsGuest(value))
                    return XenError.Perm;
                state.DebugAddresses[number] = value;
                return XenError.Success;
            case 4 or 6:
                if (value > uint.MaxValue)
                    return XenError.Invalid;
                state.Dr6 = (value & Dr6Settable) | Dr6Fixed;
                return XenError.Success;
            case 5 or 7:
                return WriteControl(ref state, value);
            default:
                return XenError.NoDevice;
        }
    }

    /// <summary>Reads a register.</summary>
    /// <returns>False when there is no such register.</returns>
    public static bool TryRead(ref X86State state, int number, out ulong value)
    {
        value = number switch
        {
            >= 0 and <= 3 => state.DebugAddresses[number],
            4 or 6 => state.Dr6,
            5 or 7 => state.Dr7,
            _ => 0,
        };
        return number is >= 0 and <= 7;
    }

    private static XenError WriteControl(ref X86State state, ulong value)
    {
        if (value > uint.MaxValue)
            return XenError.Invalid;
        value = (value & Dr7Settable & ~GeneralDetect) | Dr7Fixed;
        for (int i = 0; i < 4; i++)
        {
            bool enabled = ((value >> (2 * i)) & 3) != 0;
            int kind = (int)(value >> (16 + (4 * i))) & 3;
            if (enabled && kind == 2)
                return XenError.Perm;
        }

        state.Dr7 = value;
        return XenError.Success;
    }
}
