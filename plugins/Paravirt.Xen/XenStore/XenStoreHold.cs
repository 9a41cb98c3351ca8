namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>The store's lock while it is held; what became ready to be delivered is delivered after it is let go.</summary>
/// <param name="service">The service.</param>
internal readonly ref struct XenStoreHold(XenStoreService service)
{
    /// <summary>Lets the lock go and delivers.</summary>
    public void Dispose() => service.LetGo();
}
