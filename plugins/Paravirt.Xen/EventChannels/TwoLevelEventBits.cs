using Dominion.Paravirt.Xen.Abi;

namespace Dominion.Paravirt.Xen.EventChannels;

/// <summary>The 2-level ABI: a bit a port in shared_info, a bit a word in vcpu_info (xen/include/public/xen.h, struct shared_info).</summary>
/// <param name="layout">The guest's structures.</param>
/// <param name="shared">The host address of shared_info.</param>
/// <param name="target">The vCPUs.</param>
internal sealed unsafe class TwoLevelEventBits(AbiLayout layout, byte* shared, IUpcallTarget target) : IEventBits
{
    /// <inheritdoc/>
    public uint PortCount => (uint)layout.TwoLevelPorts;

    /// <inheritdoc/>
    public void SetPending(EventChannel channel)
    {
        if (TestAndSet(shared + layout.SharedPending, channel.Port))
            return;
        if (!IsMasked(channel.Port))
            Select(channel);
        target.NotifyPoll(channel.Port);
    }

    /// <inheritdoc/>
    public void ClearPending(EventChannel channel) => Interlocked.And(ref Word(shared + layout.SharedPending, channel.Port), ~Bit(channel.Port));

    /// <inheritdoc/>
    public bool IsPending(uint port) => (Volatile.Read(ref Word(shared + layout.SharedPending, port)) & Bit(port)) != 0;

    /// <inheritdoc/>
    public bool IsMasked(uint port) => (Volatile.Read(ref Word(shared + layout.SharedMask, port)) & Bit(port)) != 0;

    /// <inheritdoc/>
    public void Unmask(EventChannel channel)
    {
        uint before = Interlocked.And(ref Word(shared + layout.SharedMask, channel.Port), ~Bit(channel.Port));
        if ((before & Bit(channel.Port)) != 0 && IsPending(channel.Port))
            Select(channel);
    }

    private void Select(EventChannel channel)
    {
        uint word = channel.Port / (uint)(8 * layout.Word);
        if (!TestAndSet(target.VcpuInfo(channel.Vcpu) + layout.VcpuPendingSelector, word))
            target.NotifyUpcall(channel.Vcpu);
    }

    private static uint Bit(uint number) => 1u << (int)(number & 31);

    private static ref uint Word(byte* bits, uint number) => ref *(uint*)(bits + (number / 32 * 4));

    private static bool TestAndSet(byte* bits, uint number) => (Interlocked.Or(ref Word(bits, number), Bit(number)) & Bit(number)) != 0;
}
