using Dominion.Memory;

namespace Dominion.Paravirt.Xen.EventChannels;

/// <summary>The FIFO ABI: a word a port in pages that the guest gives, and a control block a vCPU with the heads of 16 queues (xen/include/public/event_channel.h, "FIFO ABI").</summary>
internal sealed unsafe class FifoEventQueues : IEventBits
{
    /// <summary>The priority of a port at first.</summary>
    public const uint DefaultPriority = 7;

    /// <summary>The number of queues of a vCPU.</summary>
    public const int QueueCount = 16;

    /// <summary>The number of bits of a port's number in a link.</summary>
    public const int LinkBits = 17;

    /// <summary>The size of a control block in bytes.</summary>
    public const int ControlBlockSize = 8 + (4 * QueueCount);

    private const int WordsPerPage = FrameRange.FrameSize / sizeof(uint);
    private const int MaximumPages = (1 << LinkBits) / WordsPerPage;
    private const uint Pending = 1u << 31;
    private const uint Masked = 1u << 30;
    private const uint Linked = 1u << 29;
    private const uint Busy = 1u << 28;
    private const uint LinkMask = (1u << LinkBits) - 1;

    private readonly byte*[] _pages = new byte*[MaximumPages];
    private readonly byte*[] _control;
    private readonly uint[,] _tails;
    private readonly IUpcallTarget _target;
    private int _pageCount;

    // Events of ports whose word is in a page that the guest has not given yet.
    private readonly List<EventChannel> _early = [];

    // Where each port's word is linked now, by port: which vCPU's queue.
    private readonly Dictionary<uint, (int Vcpu, uint Priority)> _last = [];

    /// <summary>Makes queues without pages.</summary>
    /// <param name="target">The vCPUs.</param>
    public FifoEventQueues(IUpcallTarget target)
    {
        _target = target;
        _control = new byte*[target.VcpuCount];
        _tails = new uint[target.VcpuCount, QueueCount];
    }

    /// <inheritdoc/>
    public uint PortCount => 1u << LinkBits;

    /// <summary>Whether a vCPU has its control block.</summary>
    public bool HasControlBlock(int vcpu) => _control[vcpu] != null;

    /// <summary>Gives a vCPU its control block.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="block">The block's host address, in a frame that stays the domain's.</param>
    public void SetControlBlock(int vcpu, byte* block) => _control[vcpu] = block;

    /// <summary>Adds a page of words.</summary>
    /// <param name="page">The page's host address, in a frame that stays the domain's.</param>
    /// <returns>False when there are enough for every port.</returns>
    public bool TryAddPage(byte* page)
    {
        if (_pageCount == MaximumPages)
            return false;
        _pages[_pageCount++] = page;
        EventChannel[] early = [.. _early];
        _early.Clear();
        foreach (EventChannel channel in early)
            SetPending(channel);
        return true;
    }

    /// <inheritdoc/>
    public void SetPending(EventChannel channel)
    {
        uint* word = Word(channel.Port);
        if (word == null)
        {
            if (!_early.Contains(channel))
                _early.Add(channel);
            return;
        }

        bool wasPending = (Interlocked.Or(ref *word, Pending) & Pending) != 0;
        if (wasPending)
            return;
        Link(channel, word);
        _target.NotifyPoll(channel.Port);
    }

    /// <inheritdoc/>
    public void ClearPending(EventChannel channel)
    {
        uint* word = Word(channel.Port);
        if (word != null)
            Interlocked.And(ref *word, ~Pending);
        else
            _early.Remove(channel);
    }

    /// <inheritdoc/>
    public bool IsPending(uint port) => Word(port) is var word && word != null && (Volatile.Read(ref *word) & Pending) != 0;

    /// <inheritdoc/>
    public bool IsMasked(uint port) => Word(port) is var word && (word == null || (Volatile.Read(ref *word) & Masked) != 0);

    /// <inheritdoc/>
    public void Unmask(EventChannel channel)
    {
        uint* word = Word(channel.Port);
        if (word == null)
            return;
        uint before = Interlocked.And(ref *word, ~Masked);
        if ((before & Pending) != 0)
            Link(channel, word);
    }

    private uint* Word(uint port) => port < (uint)(_pageCount * WordsPerPage) ? (uint*)_pages[port / WordsPerPage] + (port % WordsPerPage) : null;

    /// <summary>Puts a pending port at its queue's tail, unless it is masked or in a queue already.</summary>
    private void Link(EventChannel channel, uint* word)
    {
        uint seen = Volatile.Read(ref *word);
        byte* control = _control[channel.Vcpu];
        if ((seen & (Masked | Linked)) != 0 || control == null)
            return;

        // Linked and the link go in together, so that the guest never follows an old link.
        while (true)
        {
            if ((seen & (Masked | Linked)) != 0 || (seen & Pending) == 0)
                return;
            uint found = Interlocked.CompareExchange(ref *word, (seen & ~LinkMask) | Linked, seen);
            if (found == seen)
                break;
            seen = found;
        }

        uint priority = channel.Priority;
        uint* head = (uint*)(control + 8) + priority;
        uint tail = _tails[channel.Vcpu, priority];
        bool linked = tail != 0 && tail != channel.Port && Word(tail) is var last && last != null
            && _last.TryGetValue(tail, out (int Vcpu, uint Priority) at) && at == (channel.Vcpu, priority) && TryFollow(last, channel.Port);
        if (!linked)
            Volatile.Write(ref *head, channel.Port);
        _tails[channel.Vcpu, priority] = channel.Port;
        _last[channel.Port] = (channel.Vcpu, priority);
        if (linked)
            return;
        uint ready = Interlocked.Or(ref *(uint*)control, 1u << (int)priority);
        if ((ready & (1u << (int)priority)) == 0)
            _target.NotifyUpcall(channel.Vcpu);
    }

    /// <summary>Links a port behind the tail, while the guest has not taken the tail off the queue.</summary>
    private static bool TryFollow(uint* tail, uint port)
    {
        uint seen = Volatile.Read(ref *tail);
        while (true)
        {
            if ((seen & Linked) == 0)
                return false;
            uint found = Interlocked.CompareExchange(ref *tail, (seen & ~(Busy | LinkMask)) | port, seen);
            if (found == seen)
                return true;
            seen = found;
        }
    }
}
