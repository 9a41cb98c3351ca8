using Dominion.Memory;

namespace Dominion.Cpu.X86;

/// <summary>Second-level address translation: EPT, nested paging, or a paravirtual monitor's check of frames. Asked where a translation is filled, for each page-table access and for the final address.</summary>
public interface IX86SecondLevel
{
    /// <summary>Translates one guest-physical address.</summary>
    /// <param name="address">The guest-physical address.</param>
    /// <param name="access">What is done with it.</param>
    /// <param name="isPageTable">True for an access of the page walk itself.</param>
    /// <param name="linear">The linear address of the access that the walk is for.</param>
    /// <param name="mapping">On success: where it leads and what is allowed.</param>
    /// <returns>False when the access is refused; the handler has recorded the exit, and the core leaves guest execution.</returns>
    bool TryTranslate(ulong address, MemoryAccess access, bool isPageTable, ulong linear, out X86SecondLevelMapping mapping);
}
