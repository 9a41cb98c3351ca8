using System.Collections.Immutable;
using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

public sealed class XenStoreDomainTests
{
    private readonly XenStoreService _service = new();
    private readonly XenStoreManagedConnection _control;

    public XenStoreDomainTests()
    {
        _control = _service.Connect(0);
    }

    [Fact]
    public void A_domain_is_introduced_until_it_is_destroyed()
    {
        Assert.Throws<InvalidOperationException>(() => _service.Connect(1));
        Assert.False(Introduced(1));
        _service.Introduce(1);
        Assert.True(Introduced(1));
        XenStoreManagedConnection guest = _service.Connect(1);
        _service.Destroy(1);

        Assert.False(Introduced(1));
        Assert.True(Introduced(0));
        Assert.True(Introduced(0x7FF0));
        Assert.Equal(XenStoreError.EIO, guest.Read("/", out _));
        Assert.Throws<InvalidOperationException>(() => _service.Connect(1));
        _service.Destroy(1);
        _service.Destroy(0);
        Assert.True(Introduced(0));
    }

    [Fact]
    public void Ids_that_are_no_domains_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _service.Introduce(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _service.Introduce(0x7FF0));
    }

    [Fact]
    public void A_destroyed_domains_nodes_go_and_its_permissions_with_them()
    {
        _service.Introduce(1);
        _service.Introduce(2);
        XenStoreManagedConnection two = _service.Connect(2);
        Own("/local/domain/1/data", "n1 b2");
        two.Write("/local/domain/1/data/of-two", "");
        Own("/elsewhere/one", "n1");
        Own("/elsewhere/two", "n2 r1 r3");
        List<XenStoreEvent> events = [];
        _service.Connect(0, events.Add).Watch("/elsewhere", "t");
        events.Clear();

        _service.Destroy(1);

        Assert.Equal(XenStoreError.ENOENT, _control.Read("/local/domain/1/data", out _));
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/elsewhere/one", out _));
        Assert.Equal(XenStoreError.None, _control.Read("/local/domain/1", out _));
        _control.GetPermissions("/elsewhere/two", out ImmutableArray<XenStorePermission> permissions);
        Assert.Equal("n2 r3", string.Join(' ', permissions));
        Assert.Equal([new("/elsewhere/one", "t")], events);
        _service.Introduce(1);
        Assert.Equal(XenStoreError.EACCES, _service.Connect(1).Read("/elsewhere/two", out _));
    }

    [Fact]
    public void What_cannot_be_removed_falls_to_the_control_domain()
    {
        _service.Introduce(1);
        _control.SetPermissions("/", [new(1, XenStoreAccess.None)]);
        _control.SetPermissions("@releaseDomain", [new(1, XenStoreAccess.Read)]);
        _service.Destroy(1);

        _control.GetPermissions("/", out ImmutableArray<XenStorePermission> root);
        _control.GetPermissions("@releaseDomain", out ImmutableArray<XenStorePermission> special);
        Assert.Equal("n0", string.Join(' ', root));
        Assert.Equal("r0", string.Join(' ', special));
    }

    [Fact]
    public void A_released_domains_transactions_and_watches_are_gone()
    {
        _service.Introduce(1);
        XenStoreManagedConnection guest = _service.Connect(1);
        Own("/node", "n1");
        guest.Watch("/node", "t");
        guest.StartTransaction(out uint transaction);
        guest.Write("/node/child", "", transaction);

        Assert.Equal(XenStoreError.None, _control.Release(1));
        Assert.Equal(XenStoreError.EIO, guest.EndTransaction(transaction, true));
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/node", out _));
        _service.Introduce(1);
        Assert.Equal(XenStoreError.ENOENT, _service.Connect(1).EndTransaction(transaction, true));
    }

    [Fact]
    public void A_thousand_domains_come_and_go_without_a_trace()
    {
        using TestRing ring = new();
        for (int round = 0; round < 1000; round++)
        {
            unsafe
            {
                ring.Connection = _service.Introduce(5, ring.Page, ring.Notify);
            }

            Own("/local/domain/5/data", "n5");
            Assert.Equal("11:OK|", ring.Ask(11, "data/x|y"));
            Assert.Equal("4:OK| 15:data|t|", ring.Ask(4, "data|t|"));
            _service.Destroy(5);
            _control.Remove("/local");
        }

        _control.Directory("/", out ImmutableSortedSet<string> children);
        Assert.Empty(children);
    }

    private bool Introduced(int domain)
    {
        Assert.Equal(XenStoreError.None, _control.IsIntroduced(domain, out bool introduced));
        return introduced;
    }

    private void Own(string path, string permissions)
    {
        ImmutableArray<XenStorePermission> parsed = [.. permissions.Split(' ').Select(text =>
        {
            Assert.True(XenStorePermission.TryParse(text, out XenStorePermission permission));
            return permission;
        })];
        Assert.Equal(XenStoreError.None, _control.Write(path, ""));
        Assert.Equal(XenStoreError.None, _control.SetPermissions(path, parsed));
    }
}
