using Dominion.Cpu.X86;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>The MSRs of a paravirtual vCPU.</summary>
/// <param name="vcpu">The vCPU.</param>
internal sealed class GuestMsrs(PvVcpu vcpu)
{
    private const uint TimeStampCounter = 0x10;
    private const uint ApicBase = 0x1B;
    private const uint MicrocodeRevision = 0x8B;
    private const uint PlatformInformation = 0xCE;
    private const uint MiscellaneousFeatures = 0x140;
    private const uint MiscellaneousEnable = 0x1A0;
    private const uint PageAttributes = 0x277;
    private const uint FsBase = 0xC000_0100;
    private const uint GsBase = 0xC000_0101;
    private const uint KernelGsBase = 0xC000_0102;
    private const uint ExtendedFeatures = 0xC000_0080;
    private const uint TscAuxiliary = 0xC000_0103;

    /// <summary>The VMM's own page attributes, which guests get: WB, WT, UC-, UC, WC, WP, UC, UC.</summary>
    private const ulong VmmPageAttributes = 0x0000_0501_0007_0406;

    private const int GeneralProtection = 13;

    /// <summary>Reads an MSR.</summary>
    /// <returns>False for #GP.</returns>
    public bool TryRead(uint index, out ulong value)
    {
        ref X86State state = ref vcpu.Core.State;
        switch (index)
        {
            case FsBase:
                value = state.Segments[(int)X86SegmentRegister.Fs].Base;
                return true;
            case GsBase:
                value = state.Segments[(int)X86SegmentRegister.Gs].Base;
                return true;
            case KernelGsBase:
                value = state.KernelGsBase;
                return true;
            case TimeStampCounter:
                value = vcpu.Core.TimestampCounter;
                return true;
            case PageAttributes:
                value = VmmPageAttributes;
                return true;
            case ExtendedFeatures:
                value = state.Efer;
                return true;
            case TscAuxiliary:
                value = state.TscAux;
                return true;
            case MiscellaneousEnable:
                value = state.MiscEnable;
                return true;
            case MicrocodeRevision or PlatformInformation or MiscellaneousFeatures:
                value = 0;
                return true;
            default:
                // Early boot code reads MSRs before it could handle an exception.
                value = 0;
                return vcpu.Traps[GeneralProtection].Address == 0 && index != ApicBase;
        }
    }

    /// <summary>Writes an MSR.</summary>
    /// <returns>False for #GP.</returns>
    public bool TryWrite(uint index, ulong value)
    {
        ref X86State state = ref vcpu.Core.State;
        switch (index)
        {
            case FsBase or GsBase or KernelGsBase when !GuestAddress.IsCanonical(value):
                return false;
            case FsBase:
                state.Segments[(int)X86SegmentRegister.Fs].Base = value;
                return true;
            case GsBase:
                state.Segments[(int)X86SegmentRegister.Gs].Base = value;
                return true;
            case KernelGsBase:
                state.KernelGsBase = value;
                return true;
            case PageAttributes:
                return value == VmmPageAttributes;
            case ExtendedFeatures:
                return value == state.Efer;
            case TscAuxiliary when value <= uint.MaxValue:
                state.TscAux = value;
                return true;
            case MiscellaneousFeatures:
                return value == 0;
            case MicrocodeRevision:
                // Written before it is read; what is written means nothing.
                return true;
            default:
                return false;
        }
    }
}
