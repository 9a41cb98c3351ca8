using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.XenBus;
using Dominion.Split;

namespace Dominion.Paravirt.Xen.Domains;

/// <content>The domain's split devices.</content>
internal sealed unsafe partial class PvDomain
{
    /// <summary>Makes the backends that the manifest asks for.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">One refuses its options.</exception>
    private SplitDevices CreateDevices()
    {
        SplitDeviceHost host = new()
        {
            DomainId = Id,
            Is64Bit = ReferenceEquals(Layout, AbiLayout.Bits64),
            Store = Hypervisor.Store,
            ControlChannels = Hypervisor.ControlChannels,
            Channels = Channels,
            Grants = new GrantUse(Hypervisor.Frames, Types, PagingLock, () => Grants),
            Post = Context.Post,
        };
        List<BackendDevice> devices = [];
        try
        {
            foreach (IBackendBinding binding in Context.SplitDevices)
            {
                BackendContext context = new(Context, binding);
                devices.Add(new BackendDevice(binding.Create(context), binding.DeviceClass, binding.DeviceNumber, host, context.Log));
            }
        }
        catch
        {
            foreach (BackendDevice device in devices)
                device.Dispose();
            throw;
        }

        return new SplitDevices(Hypervisor.StoreService, host, devices);
    }
}
