namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>An INTRODUCE that waits for the introducer, which runs without the service's lock.</summary>
/// <param name="Request">The request's header.</param>
/// <param name="Domain">The domain.</param>
/// <param name="Frame">The ring page's GFN.</param>
/// <param name="Port">The event channel's port in the domain.</param>
internal sealed record XenStoreIntroduction(XenStoreMessageHeader Request, int Domain, long Frame, uint Port);
