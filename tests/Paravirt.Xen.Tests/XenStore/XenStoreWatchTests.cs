using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

public sealed class XenStoreWatchTests
{
    private readonly XenStoreService _service = new(quota: new XenStoreQuota { QueuedEvents = 8 });
    private readonly XenStoreManagedConnection _control;
    private readonly XenStoreManagedConnection _guest;
    private readonly List<XenStoreEvent> _events = [];
    private readonly List<XenStoreEvent> _guestEvents = [];

    public XenStoreWatchTests()
    {
        _control = _service.Connect(0, _events.Add);
        _service.Introduce(1);
        _guest = _service.Connect(1, _guestEvents.Add);
        _control.Write("/local/domain/1", "");
        _control.SetPermissions("/local/domain/1", [new(1, XenStoreAccess.None)]);
    }

    [Fact]
    public void A_watch_fires_at_once_be_there_a_node_or_not()
    {
        Assert.Equal(XenStoreError.None, _control.Watch("/not/there", "token"));

        Assert.Equal([new("/not/there", "token")], _events);
    }

    [Fact]
    public void It_fires_for_the_node_and_below_and_for_nothing_else()
    {
        Watch("/a/b", "t");
        _control.Write("/a/bc", "");
        _control.Write("/a", "");
        Assert.Empty(_events);

        _control.Write("/a/b", "1");
        _control.Write("/a/b/c/d", "");
        _control.SetPermissions("/a/b", [new(0, XenStoreAccess.Read)]);
        _control.MakeDirectory("/a/b/c");
        _control.MakeDirectory("/a/b/e");
        _control.Remove("/a/b/e");
        _control.Remove("/a/b/e");

        Assert.Equal([new("/a/b", "t"), new("/a/b/c/d", "t"), new("/a/b", "t"), new("/a/b/e", "t"), new("/a/b/e", "t")], _events);
    }

    [Fact]
    public void Removing_a_parent_tells_a_watch_its_own_path()
    {
        _control.Write("/a/b/c", "");
        Watch("/a/b/c", "there");
        Watch("/a/b/none", "not-there");
        Watch("/a", "above");

        _control.Remove("/a/b");

        Assert.Equal([new("/a/b/c", "there"), new("/a/b/none", "not-there"), new("/a/b", "above")], _events);
    }

    [Fact]
    public void A_relative_watch_is_told_relative_paths()
    {
        _guest.Watch("x", "t");
        _guestEvents.Clear();
        _control.Write("/local/domain/1/x/y", "");
        _guest.Write("x", "");
        _control.Remove("/local/domain/1");

        Assert.Equal([new("x/y", "t"), new("x", "t"), new("x", "t")], _guestEvents);
    }

    [Theory]
    [InlineData(0, "/a")]
    [InlineData(1, "/a /a/b")]
    [InlineData(2, "/a /a/b /a/b/c")]
    [InlineData(-1, "/a /a/b /a/b/c /a/b/c/d")]
    public void A_depth_limits_how_far_below(int depth, string told)
    {
        _control.Watch("/a", "t", depth);
        _events.Clear();
        foreach (string path in (string[])["/a", "/a/b", "/a/b/c", "/a/b/c/d"])
            _control.Write(path, "");

        Assert.Equal(told.Split(' '), _events.Select(fired => fired.Path));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "/a")]
    [InlineData(-1, "/a /a/b")]
    public void A_depth_counts_from_the_root_too(int depth, string told)
    {
        _control.Watch("/", "t", depth);
        _events.Clear();
        _control.Write("/a", "");
        _control.Write("/a/b", "");

        Assert.Equal(told, string.Join(' ', _events.Select(fired => fired.Path)));
    }

    [Fact]
    public void A_path_and_token_are_one_watch()
    {
        Watch("/a", "t");
        Assert.Equal(XenStoreError.EEXIST, _control.Watch("/a", "t"));
        Assert.Equal(XenStoreError.None, _control.Watch("/a", "u"));
        Assert.Equal(XenStoreError.None, _control.Watch("/b", "t"));
        Assert.Equal(XenStoreError.EINVAL, _control.Watch("/b/", "t"));
        Assert.Equal(XenStoreError.EINVAL, _control.Watch("", "t"));
        Assert.Equal(XenStoreError.None, _control.Unwatch("/a", "t"));
        Assert.Equal(XenStoreError.ENOENT, _control.Unwatch("/a", "t"));
        _events.Clear();
        _control.Write("/a", "");

        Assert.Equal([new("/a", "u")], _events);
    }

    [Fact]
    public void Who_may_not_read_is_not_told()
    {
        _guest.Watch("/closed", "t");
        _guest.Watch("/opened", "t");
        _guestEvents.Clear();
        _control.Write("/closed/a", "");
        _control.Write("/opened", "");
        Assert.Empty(_guestEvents);

        _control.SetPermissions("/opened", [new(0, XenStoreAccess.Read)]);
        _control.SetPermissions("/opened", [new(0, XenStoreAccess.None)]);
        _control.Write("/opened", "secret");
        Assert.Equal([new("/opened", "t"), new("/opened", "t")], _guestEvents);
    }

    [Fact]
    public void Who_may_read_the_parent_is_told_of_the_child()
    {
        _control.Write("/parent", "");
        _control.SetPermissions("/parent", [new(0, XenStoreAccess.None), new(1, XenStoreAccess.Read)]);
        _guest.Watch("/parent", "t");
        _control.Write("/parent/child", "");
        _control.SetPermissions("/parent/child", [new(0, XenStoreAccess.None)]);
        _guestEvents.Clear();

        _control.Write("/parent/child", "1");
        _control.Remove("/parent/child");

        Assert.Equal([new("/parent/child", "t"), new("/parent/child", "t")], _guestEvents);
    }

    [Fact]
    public void A_removal_is_told_to_who_could_read_what_was_removed()
    {
        _control.Write("/x/open", "");
        _control.SetPermissions("/x/open", [new(0, XenStoreAccess.None), new(1, XenStoreAccess.Read)]);
        _control.Write("/x/closed/y", "");
        _guest.Watch("/x/open", "t");
        _guest.Watch("/x/closed/y", "t");
        _guestEvents.Clear();

        _control.Remove("/x");

        Assert.Equal([new("/x/open", "t")], _guestEvents);
    }

    [Fact]
    public void Domains_that_come_and_go_fire_the_special_watches()
    {
        _control.Watch("@introduceDomain", "i");
        _control.Watch("@introduceDomain", "id", 1);
        _control.Watch("@releaseDomain", "r");
        _control.Watch("@releaseDomain", "rd", 1);
        _control.Watch("@releaseDomain/7", "r7");
        _guest.Watch("@introduceDomain", "i");
        _guest.Watch("@releaseDomain", "r");
        _events.Clear();
        _guestEvents.Clear();

        _service.Introduce(7);
        _service.Introduce(7);
        Assert.Equal([new("@introduceDomain", "i"), new("@introduceDomain/7", "id")], _events);
        _events.Clear();
        _service.Introduce(8);
        _service.Destroy(8);
        _events.Clear();
        _service.NotifyShutdown(7);
        _service.NotifyShutdown(7);
        XenStoreEvent[] released = [new("@releaseDomain", "r"), new("@releaseDomain/7", "rd"), new("@releaseDomain/7", "r7")];
        Assert.Equal(released, _events);
        _events.Clear();
        Assert.Equal(XenStoreError.None, _control.Resume(7));
        _service.NotifyShutdown(7);
        _service.Destroy(7);
        Assert.Equal([.. released, .. released], _events);
        Assert.Empty(_guestEvents);
    }

    [Fact]
    public void A_special_watch_fires_for_who_may_read_its_node()
    {
        _guest.Watch("@releaseDomain", "r");
        _guestEvents.Clear();
        Assert.Equal(XenStoreError.EACCES, _guest.SetPermissions("@releaseDomain", [new(1, XenStoreAccess.Read)]));
        Assert.Equal(XenStoreError.None, _control.SetPermissions("@releaseDomain", [new(0, XenStoreAccess.None), new(1, XenStoreAccess.Read)]));
        _guestEvents.Clear();
        _service.Introduce(2);
        _service.Destroy(2);

        Assert.Equal([new("@releaseDomain", "r")], _guestEvents);
    }

    [Fact]
    public void A_callback_may_use_the_store_and_events_stay_in_order()
    {
        List<string> told = [];
        XenStoreManagedConnection other = null!;
        other = _service.Connect(0, fired =>
        {
            told.Add(fired.Path);
            if (fired.Path == "/w/1")
            {
                Assert.Equal(XenStoreError.None, other.Write("/w/2", ""));
                Assert.Equal(XenStoreError.None, other.Write("/w/3", ""));
                Assert.DoesNotContain("/w/2", told);
            }
        });
        other.Watch("/w", "t");
        _control.Write("/w/1", "");

        Assert.Equal(["/w", "/w/1", "/w/2", "/w/3"], told);
    }

    [Fact]
    public void Events_that_pile_up_are_remembered_by_watch()
    {
        List<string> told = [];
        XenStoreManagedConnection other = null!;
        other = _service.Connect(0, fired =>
        {
            told.Add(fired.Path);
            if (told.Count != 1)
                return;
            for (int index = 0; index < 100; index++)
                other.Write($"/w/{index}", "");
            for (int index = 0; index < 100; index++)
                other.Write("/w/0", "");
        });
        other.Watch("/w", "t");

        Assert.Equal(["/w", .. Enumerable.Range(0, 8).Select(index => $"/w/{index}"), "/w"], told);
    }

    [Fact]
    public void Changes_from_many_threads_all_arrive_one_at_a_time()
    {
        XenStoreService service = new();
        int inside = 0;
        HashSet<string> told = [];
        service.Connect(0, fired =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            told.Add(fired.Path);
            Interlocked.Decrement(ref inside);
        }).Watch("/w", "t");
        XenStoreManagedConnection[] writers = [.. Enumerable.Range(0, 4).Select(_ => service.Connect(0))];
        Thread[] threads = [.. writers.Select((writer, number) => new Thread(() =>
        {
            for (int index = 0; index < 200; index++)
                writer.Write($"/w/{number}-{index}", "");
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        writers[0].Directory("/w", out var children);
        Assert.Equal(800, children.Count);
        Assert.Equal(801, told.Count);
    }

    private void Watch(string path, string token)
    {
        Assert.Equal(XenStoreError.None, _control.Watch(path, token));
        _events.Clear();
    }
}
