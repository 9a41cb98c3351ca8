namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>What a kernel supports or requires: bit n is feature n (xen/include/public/features.h).</summary>
[Flags]
internal enum XenFeatures : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>XENFEAT_writable_page_tables.</summary>
    WritablePageTables = 1 << 0,

    /// <summary>XENFEAT_writable_descriptor_tables.</summary>
    WritableDescriptorTables = 1 << 1,

    /// <summary>XENFEAT_auto_translated_physmap.</summary>
    AutoTranslatedPhysmap = 1 << 2,

    /// <summary>XENFEAT_supervisor_mode_kernel.</summary>
    SupervisorModeKernel = 1 << 3,

    /// <summary>XENFEAT_pae_pgdir_above_4gb.</summary>
    PaePageDirectoryAbove4Gb = 1 << 4,

    /// <summary>XENFEAT_mmu_pt_update_preserve_ad.</summary>
    MmuUpdatePreservesAccessedDirty = 1 << 5,

    /// <summary>XENFEAT_highmem_assist.</summary>
    HighmemAssist = 1 << 6,

    /// <summary>XENFEAT_gnttab_map_avail_bits.</summary>
    GrantMapAvailableBits = 1 << 7,

    /// <summary>XENFEAT_hvm_callback_vector.</summary>
    HvmCallbackVector = 1 << 8,

    /// <summary>XENFEAT_hvm_safe_pvclock.</summary>
    HvmSafePvclock = 1 << 9,

    /// <summary>XENFEAT_hvm_pirqs.</summary>
    HvmPirqs = 1 << 10,

    /// <summary>XENFEAT_dom0.</summary>
    Dom0 = 1 << 11,
}
