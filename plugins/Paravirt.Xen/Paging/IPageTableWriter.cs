namespace Dominion.Paravirt.Xen.Paging;

/// <summary>Takes what a guest's kernel writes to its page tables by ordinary instructions (VMASST_TYPE_writable_pagetables).</summary>
internal interface IPageTableWriter
{
    /// <summary>Writes a part of an entry, or one.</summary>
    /// <param name="address">The machine address.</param>
    /// <param name="width">1, 2, 4 or 8 bytes.</param>
    /// <param name="value">The value.</param>
    /// <param name="vcpu">The vCPU that writes.</param>
    void WriteThroughReadOnly(ulong address, int width, ulong value, int vcpu);
}
