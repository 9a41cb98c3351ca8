namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>What a 32-bit kernel says of its page tables (xen/include/public/elfnote.h, XEN_ELFNOTE_PAE_MODE).</summary>
internal enum PaeMode
{
    /// <summary>It says nothing, or that its page tables have two levels.</summary>
    None,

    /// <summary>Three levels; the top one lies below 4 GiB.</summary>
    Yes,

    /// <summary>Three levels; the top one may lie anywhere.</summary>
    ExtendedCr3,
}
