namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>A list of features as a note or a section gives it: names separated by bars, those required behind an exclamation mark (xen/include/public/elfnote.h, XEN_ELFNOTE_FEATURES).</summary>
/// <param name="Supported">The features named, required ones among them.</param>
/// <param name="Required">The features required.</param>
/// <param name="UnknownRequired">The first required feature of an unknown name, or null. Unknown features that are only supported do not matter.</param>
internal readonly record struct XenFeatureList(XenFeatures Supported, XenFeatures Required, string? UnknownRequired)
{
    private static readonly Dictionary<string, XenFeatures> Names = new(StringComparer.Ordinal)
    {
        ["writable_page_tables"] = XenFeatures.WritablePageTables,
        ["writable_descriptor_tables"] = XenFeatures.WritableDescriptorTables,
        ["auto_translated_physmap"] = XenFeatures.AutoTranslatedPhysmap,
        ["supervisor_mode_kernel"] = XenFeatures.SupervisorModeKernel,
        ["pae_pgdir_above_4gb"] = XenFeatures.PaePageDirectoryAbove4Gb,
        ["mmu_pt_update_preserve_ad"] = XenFeatures.MmuUpdatePreservesAccessedDirty,
        ["highmem_assist"] = XenFeatures.HighmemAssist,
        ["gnttab_map_avail_bits"] = XenFeatures.GrantMapAvailableBits,
        ["hvm_callback_vector"] = XenFeatures.HvmCallbackVector,
        ["hvm_safe_pvclock"] = XenFeatures.HvmSafePvclock,
        ["hvm_pirqs"] = XenFeatures.HvmPirqs,
        ["dom0"] = XenFeatures.Dom0,
    };

    /// <summary>Parses a list.</summary>
    /// <param name="text">The list.</param>
    public static XenFeatureList Parse(string text)
    {
        XenFeatures supported = XenFeatures.None;
        XenFeatures required = XenFeatures.None;
        string? unknown = null;
        foreach (string item in text.Split('|'))
        {
            bool isRequired = item.StartsWith('!');
            string name = isRequired ? item[1..] : item;
            XenFeatures feature = Names.GetValueOrDefault(name);
            supported |= feature;
            if (!isRequired)
                continue;
            required |= feature;
            if (feature == XenFeatures.None)
                unknown ??= name;
        }

        return new XenFeatureList(supported, required, unknown);
    }
}
