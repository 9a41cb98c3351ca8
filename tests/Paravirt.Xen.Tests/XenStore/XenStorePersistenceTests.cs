using System.Collections.Immutable;
using Dominion.Paravirt.Xen.XenStore;
using Dominion.Persistence;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

public sealed class XenStorePersistenceTests
{
    private readonly XenStoreService _service = new();
    private readonly XenStoreManagedConnection _control;
    private readonly List<XenStoreEvent> _events = [];

    public XenStorePersistenceTests()
    {
        _control = _service.Connect(0, _events.Add, "tools");
        _control.Write("/local/domain/7", "");
        _control.SetPermissions("/local/domain/7", [new(7, XenStoreAccess.None)]);
    }

    [Fact]
    public void Nodes_come_back_with_values_permissions_and_generations()
    {
        _control.Write("/a/b", new byte[] { 0, 1, 255 });
        _control.SetPermissions("/a/b", [new(3, XenStoreAccess.Read), new(4, XenStoreAccess.Both)]);
        _control.Directory("/a", out _, out ulong generation);

        XenStoreManagedConnection restored = Restore(Save(_service)).Connect(0);

        restored.Read("/a/b", out byte[] value);
        restored.GetPermissions("/a/b", out ImmutableArray<XenStorePermission> permissions);
        restored.Directory("/a", out ImmutableSortedSet<string> children, out ulong same);
        Assert.Equal([0, 1, 255], value);
        Assert.Equal("r3 b4", string.Join(' ', permissions));
        Assert.Equal(["b"], children);
        Assert.Equal(generation, same);
    }

    [Fact]
    public void Saving_what_was_restored_gives_the_same_bytes()
    {
        using TestRing guest = new(_service, 7);
        guest.Ask(4, "data|t|");
        guest.Ask(6, "|");
        guest.Ask(11, "data/in|x", 1);
        guest.Put([1, 2, 3]);
        guest.Connection.OnEvent();
        _control.Write("/local/domain/7/data/out", "");
        _control.Watch("/w", "t", 2);
        _service.NotifyShutdown(7);
        byte[] state = Save(_service);

        Assert.Equal(state, Save(Restore(state)));
    }

    [Fact]
    public void A_transaction_goes_on_with_its_view_and_its_conflicts()
    {
        _control.Write("/a", "1");
        _control.Write("/b", "1");
        _control.Write("/gone", "1");
        _control.StartTransaction(out uint commits);
        _control.Write("/c", "new", commits);
        _control.StartTransaction(out uint conflicts);
        _control.ReadText("/a", conflicts);
        _control.Write("/a", "2");
        _control.Write("/b", "2");
        _control.Remove("/gone");

        XenStoreManagedConnection restored = Restore(Save(_service)).Connect(0, name: "tools");

        Assert.Equal("1", restored.ReadText("/b", conflicts));
        Assert.Equal("1", restored.ReadText("/gone", conflicts));
        Assert.Equal("new", restored.ReadText("/c", commits));
        Assert.Equal(XenStoreError.EAGAIN, restored.EndTransaction(conflicts, true));
        Assert.Equal(XenStoreError.None, restored.EndTransaction(commits, true));
        Assert.Equal("new", restored.ReadText("/c"));
        restored.StartTransaction(out uint next);
        Assert.Equal(conflicts + 1, next);
    }

    [Fact]
    public void Watches_go_on_when_the_code_connects_again()
    {
        _control.Watch("/w", "t");
        XenStoreService restored = Restore(Save(_service));
        restored.Connect(0).Write("/w/before", "");
        List<XenStoreEvent> events = [];
        XenStoreManagedConnection again = restored.Connect(0, events.Add, "tools");
        Assert.Equal([new("/w/before", "t")], events);

        again.Write("/w/after", "");
        Assert.Equal([new("/w/before", "t"), new("/w/after", "t")], events);
        Assert.Equal(XenStoreError.EEXIST, again.Watch("/w", "t"));
    }

    [Fact]
    public void Open_connections_become_the_saved_ones()
    {
        _control.Watch("/w", "t");
        byte[] state = Save(_service);
        _control.Unwatch("/w", "t");
        _control.Write("/later", "");
        _service.Introduce(9);
        XenStoreManagedConnection lost = _service.Connect(9);
        XenStoreManagedConnection extra = _service.Connect(0);
        extra.Watch("/x", "t");
        _events.Clear();

        _service.Restore(new StateReader(new MemoryStream(state)));
        _control.Write("/w", "");
        _control.Write("/x", "");

        Assert.Equal([new("/w", "t")], _events);
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/later", out _));
        Assert.Equal(XenStoreError.EIO, lost.Read("/", out _));
        Assert.Equal(XenStoreError.None, extra.Watch("/x", "t"));
    }

    [Fact]
    public void A_ring_goes_on_in_the_middle_of_messages()
    {
        using TestRing guest = new(_service, 7);
        guest.Ask(4, "data|t|");
        for (int index = 0; index < 100; index++)
            _control.Write($"/local/domain/7/data/{index}", "");
        byte[] request = TestRing.Message(10, 5, 0, "7\0"u8.ToArray());
        guest.Put(request.AsSpan(0, 7));
        guest.Connection.OnEvent();
        byte[] state = Save(_service);
        _service.Destroy(7);

        XenStoreService restored = Restore(state);
        guest.Reattach(restored, 7);
        guest.Put(request.AsSpan(7));
        List<(uint Type, uint Request, uint Transaction, string Payload)> all = TestRing.Parse([.. guest.Take(), .. After()]);

        Assert.Equal(101, all.Count);
        Assert.Equal(Enumerable.Range(0, 100).Select(index => $"data/{index}|t|"), all.Where(message => message.Type == 15).Select(message => message.Payload));
        Assert.Contains((10u, 5u, 0u, "/local/domain/7|"), all);
        Assert.Equal("15:data|t| 11:OK|", guest.Ask(11, "data|"));

        byte[] After()
        {
            guest.Connection.OnEvent();
            return guest.Drain();
        }
    }

    [Fact]
    public void A_ring_that_was_not_saved_cannot_be_attached()
    {
        using TestRing guest = new();
        Assert.Throws<InvalidOperationException>(() => guest.Reattach(_service, 7));
    }

    [Fact]
    public void Damaged_state_is_refused()
    {
        using TestRing guest = new(_service, 7);
        guest.Ask(4, "data|t|");
        guest.Ask(6, "|");
        guest.Ask(11, "data/in|x", 1);
        _control.Write("/local/domain/7/data/out", "");
        byte[] state = Save(_service);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            byte[] damaged = state[..random.Next(random.Next(2) == 0 ? state.Length : 1, state.Length + 1)];
            if (damaged.Length == 0)
                return true;
            for (int count = random.Next(1, 4); count > 0; count--)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            XenStoreService service = new();
            try
            {
                service.Restore(new StateReader(new MemoryStream(damaged)));
            }
            catch (InvalidDataException)
            {
                return true;
            }

            // What was taken must work.
            XenStoreManagedConnection control = service.Connect(0);
            return control.Write("/local/domain/7/data/out", "") == XenStoreError.None && control.Remove("/local") == XenStoreError.None;
        }));
    }

    private static byte[] Save(XenStoreService service)
    {
        using MemoryStream stream = new();
        service.Save(new StateWriter(stream));
        return stream.ToArray();
    }

    private static XenStoreService Restore(byte[] state)
    {
        XenStoreService service = new();
        service.Restore(new StateReader(new MemoryStream(state)));
        return service;
    }
}
