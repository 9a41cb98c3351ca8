namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>An entry point of the guest's kernel.</summary>
/// <param name="Address">Its linear address; 0 when there is none.</param>
/// <param name="MasksEvents">Whether events are masked on the way in.</param>
internal readonly record struct Callback(ulong Address, bool MasksEvents);
