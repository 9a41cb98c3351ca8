using Dominion.Paravirt.Xen.GrantTables;

namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>One use of a grant by a backend, with the reference that it holds to the frame.</summary>
/// <param name="Table">The granter's table.</param>
/// <param name="Reference">The grant.</param>
/// <param name="IsWritable">Whether the backend may write.</param>
/// <param name="Mfn">The frame.</param>
internal readonly record struct GrantedFrame(GrantTable Table, uint Reference, bool IsWritable, ulong Mfn);
