using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.EventChannels;
using Dominion.Paravirt.Xen.GrantTables;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;
using Dominion.Paravirt.Xen.XenBus;
using Dominion.Paravirt.Xen.XenStore;
using Dominion.Split;
using Moq;

namespace Dominion.Paravirt.Xen.Tests.XenBus;

/// <summary>One device of domain 1, with XenStore, grants and event channels but no guest.</summary>
internal sealed unsafe class XenBusFixture : IDisposable
{
    public const ushort DomainId = 1;
    public const string FrontendPath = "/local/domain/1/device/test/7";
    public const string BackendPath = "/local/domain/0/backend/test/1/7";
    private const int Owner = 0;
    private const int OtherOwner = 1;
    private readonly TestMemory _memory = new(64);
    private readonly Queue<Action> _posted = [];
    private readonly XenStoreService _service = new();

    public XenBusFixture()
    {
        Frames = new FrameTable(_memory);
        Types = new PageTypes(Frames, Owner, Mock.Of<IFlushTarget>(), new ReservedSlots());
        Table = new GrantTable(Frames, () => _memory.TryAllocate(Owner, 1, out FrameRange range) ? range.First : null);
        Lock events = new();
        Control = new EventChannelTable(DomainIds.Control, events, null);
        Channels = new EventChannelTable(DomainId, events, null);
        _service.Introduce(DomainId);
        Store = _service.Connect(DomainIds.Control, name: "toolstack");
        Guest = _service.Connect(DomainId, name: "guest");
        Store.Write("/local/domain/1", "");
        Store.Write("/local/domain/1/device", "");
        Store.SetPermissions("/local/domain/1/device", [new XenStorePermission(DomainId, XenStoreAccess.None)]);
        Lock paging = new();
        Grants = new GrantUse(Frames, Types, paging, () => Table);
        SplitDeviceHost host = new()
        {
            DomainId = DomainId,
            Is64Bit = true,
            Store = Store,
            ControlChannels = Control,
            Channels = Channels,
            Grants = Grants,
            Post = _posted.Enqueue,
        };
        Device = new BackendDevice(Backend, "test", 7, host, Mock.Of<ILog>());
        Devices = new SplitDevices(_service, host, [Device]);
        Devices.Appear();
        Run();
    }

    public FrameTable Frames { get; }

    public PageTypes Types { get; }

    public GrantTable Table { get; }

    public GrantUse Grants { get; }

    public EventChannelTable Control { get; }

    public EventChannelTable Channels { get; }

    /// <summary>XenStore as Domain-0 reaches it.</summary>
    public XenStoreManagedConnection Store { get; }

    /// <summary>XenStore as the guest reaches it.</summary>
    public XenStoreManagedConnection Guest { get; }

    public TestBackend Backend { get; } = new();

    public BackendDevice Device { get; }

    public SplitDevices Devices { get; }

    /// <summary>The backend's state as the guest reads it.</summary>
    public string? BackendState => Guest.ReadText($"{BackendPath}/state");

    /// <summary>Runs what was posted, and what that posts.</summary>
    public void Run()
    {
        for (int i = 0; _posted.TryDequeue(out Action? action); i++)
        {
            Assert.True(i < 10_000, "it never comes to an end");
            action();
        }
    }

    /// <summary>How many actions wait.</summary>
    public int Posted => _posted.Count;

    /// <summary>The frontend goes to a state.</summary>
    public void Become(int state)
    {
        Assert.Equal(XenStoreError.None, Guest.Write($"{FrontendPath}/state", $"{state}"));
        Run();
    }

    /// <summary>Grants a new frame to Domain-0.</summary>
    public ulong Grant(uint reference, bool foreign = false)
    {
        Assert.True(_memory.TryAllocate(foreign ? OtherOwner : Owner, 1, out FrameRange range));
        Table.Seed(reference, DomainIds.Control, range.First);
        return range.First;
    }

    /// <summary>The first 16 bits of a grant.</summary>
    public ushort GrantFlags(uint reference) => *(ushort*)(Frames.Page(Table.Frame(0)) + (8 * reference));

    /// <summary>Changes the flags of a grant.</summary>
    public void SetGrantFlags(uint reference, ushort flags) => *(ushort*)(Frames.Page(Table.Frame(0)) + (8 * reference)) = flags;

    /// <summary>A byte of a frame.</summary>
    public byte ByteAt(ulong mfn, int offset) => Frames.Page(mfn)[offset];

    public IGrantedMemory Map(bool writable, params uint[] references)
    {
        Assert.True(Backend.Frontend!.TryMap(references, writable, out IGrantedMemory? memory));
        return memory;
    }

    public void Dispose()
    {
        Devices.Dispose();
        Frames.Dispose();
        _memory.Dispose();
    }
}
