using Dominion.Cpu.X86;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>CPUID as a paravirtual guest gets it: the model's, without what a deprivileged kernel cannot use, and the VMM's own leaves (xen/include/public/arch-x86/cpuid.h).</summary>
internal sealed class GuestCpuid
{
    private const uint VmmLeaf = 0x4000_0000;
    private const uint LastVmmLeaf = 0x4000_0005;
    private const uint HypercallMsr = 0x4000_0000;

    // Leaf 1 EDX: VME, PSE, MCE, MCA, MTRR, PGE, SEP, PSE-36, ACPI and the debug store are the VMM's.
    private const uint HiddenEdx = (1u << 1) | (1u << 3) | (1u << 7) | (1u << 14) | (1u << 12) | (1u << 13) | (1u << 11) | (1u << 17) | (1u << 21) | (1u << 22) | (1u << 29);

    // Leaf 1 ECX: DTES64, MONITOR, VMX, SMX, EST, TM2, PDCM, PCID, DCA, x2APIC, TSC deadline; OSXSAVE is the guest's own.
    private const uint HiddenEcx = (1u << 2) | (1u << 3) | (1u << 5) | (1u << 6) | (1u << 7) | (1u << 8) | (1u << 15) | (1u << 17) | (1u << 18) | (1u << 21) | (1u << 24) | (1u << 27);
    private const uint OsXsave = 1u << 27;
    private const uint Hypervisor = 1u << 31;

    // Leaf 7 EBX: TSC adjust, SMEP, INVPCID, SMAP; ECX: UMIP, PKU, OSPKE, LA57.
    private const uint Hidden7Ebx = (1u << 1) | (1u << 7) | (1u << 10) | (1u << 20);
    private const uint Hidden7Ecx = (1u << 2) | (1u << 3) | (1u << 4) | (1u << 16);
    private const uint Hidden7Edx = 1u << 29;

    // Leaf 80000001 EDX: PSE-36, 1 GiB pages and, in AMD's copy of leaf 1, what is hidden there.
    private const uint HiddenExtendedEdx = (1u << 26) | (1u << 17) | (1u << 3) | (1u << 13);
    private const uint HiddenExtendedEcx = (1u << 2) | (1u << 3);

    /// <summary>Answers CPUID.</summary>
    /// <param name="vcpu">Who asks.</param>
    /// <param name="leaf">EAX.</param>
    /// <param name="subleaf">ECX.</param>
    public X86CpuidResult Get(PvVcpu vcpu, uint leaf, uint subleaf)
    {
        if (leaf is >= VmmLeaf and < VmmLeaf + 0x1_0000)
            return GetVmmLeaf(vcpu, leaf, subleaf);
        X86CpuidResult own = vcpu.Core.GetCpuid(leaf, subleaf);
        return leaf switch
        {
            1 => own with
            {
                Ecx = (own.Ecx & ~HiddenEcx) | Hypervisor | ((vcpu.GuestCr4 & PvVcpu.Cr4OsXsave) != 0 ? OsXsave : 0),
                Edx = own.Edx & ~HiddenEdx,
            },
            5 or 6 or 0xA => default,
            7 when subleaf == 0 => own with { Ebx = own.Ebx & ~Hidden7Ebx, Ecx = own.Ecx & ~Hidden7Ecx, Edx = own.Edx & ~Hidden7Edx },
            0x8000_0001 => own with { Ecx = own.Ecx & ~HiddenExtendedEcx, Edx = own.Edx & ~HiddenExtendedEdx },
            _ => own,
        };
    }

    private static X86CpuidResult GetVmmLeaf(PvVcpu vcpu, uint leaf, uint subleaf) => leaf switch
    {
        // "XenVMMXenVMM".
        VmmLeaf => new X86CpuidResult(LastVmmLeaf, 0x566E_6558, 0x6558_4D4D, 0x4D4D_566E),
        VmmLeaf + 1 => new X86CpuidResult((Domains.Hypervisor.MajorVersion << 16) | Domains.Hypervisor.MinorVersion, 0, 0, 0),

        // One hypercall page, written by this MSR; XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD.
        VmmLeaf + 2 => new X86CpuidResult(1, HypercallMsr, 1, 0),
        VmmLeaf + 3 when subleaf == 0 => new X86CpuidResult(0, 0, (uint)(vcpu.Core.TscFrequency / 1000), 0),

        // The width of a machine address.
        VmmLeaf + 5 when subleaf == 0 => new X86CpuidResult(0, (uint)vcpu.Domain.Space.AddressBits, 0, 0),
        _ => default,
    };
}
