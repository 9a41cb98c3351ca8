using System.Collections.Immutable;
using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

public sealed class XenStoreQuotaTests
{
    private readonly XenStoreService _service = new();
    private readonly XenStoreManagedConnection _control;
    private readonly XenStoreManagedConnection _guest;

    public XenStoreQuotaTests()
    {
        _control = _service.Connect(0);
        _service.Introduce(1);
        _guest = _service.Connect(1);
        _control.Write("/local/domain/1/data", "");
        _control.SetPermissions("/local/domain/1/data", [new(1, XenStoreAccess.None)]);
    }

    [Fact]
    public void A_domain_owns_1000_nodes_at_most()
    {
        int made = 1;
        while (_guest.Write($"data/{made % 20}/{made}", "") == XenStoreError.None && made < 2000)
            made++;

        int owned = CountOwned("/");
        Assert.Equal(1000, owned);
        Assert.Equal(XenStoreError.ENOSPC, _guest.MakeDirectory("data/more"));
        Assert.Equal(XenStoreError.None, _guest.Write("data/1", "changed"));
        Assert.Equal(XenStoreError.None, _control.Write("/local/domain/1/other", ""));
        Assert.Equal(XenStoreError.None, _guest.Remove("data/1/1"));
        Assert.Equal(XenStoreError.None, _guest.MakeDirectory("data/more"));
    }

    [Fact]
    public void Nodes_in_a_transaction_count()
    {
        for (int index = 0; index < 990; index++)
            _guest.Write($"data/{index % 20}/{index}", "");
        int free = 1000 - CountOwned("/");
        Assert.InRange(free, 0, 500);
        _guest.Remove("data/0");
        free = 1000 - CountOwned("/");
        _guest.StartTransaction(out uint transaction);
        for (int index = 1; index < free; index++)
            Assert.Equal(XenStoreError.None, _guest.Write($"data/n/{index}", "", transaction));
        Assert.Equal(XenStoreError.ENOSPC, _guest.Write("data/n/one-more", "", transaction));
        _guest.Write("data/meanwhile", "");

        Assert.Equal(XenStoreError.ENOSPC, _guest.EndTransaction(transaction, true));
        Assert.Equal(XenStoreError.ENOENT, _guest.Read("data/n", out _));
    }

    [Fact]
    public void A_domain_has_128_watches_at_most()
    {
        XenStoreManagedConnection second = _service.Connect(1);
        for (int index = 0; index < 128; index++)
            Assert.Equal(XenStoreError.None, (index % 2 == 0 ? _guest : second).Watch($"w{index}", "t"));

        Assert.Equal(XenStoreError.ENOSPC, _guest.Watch("more", "t"));
        Assert.Equal(XenStoreError.ENOSPC, second.Watch("more", "t"));
        _guest.ResetWatches();
        Assert.Equal(XenStoreError.None, _guest.Watch("more", "t"));
    }

    [Fact]
    public void A_domain_has_10_transactions_at_most()
    {
        for (int index = 0; index < 10; index++)
            Assert.Equal(XenStoreError.None, _guest.StartTransaction(out _));

        Assert.Equal(XenStoreError.ENOSPC, _guest.StartTransaction(out _));
        Assert.Equal(XenStoreError.None, _guest.EndTransaction(3, false));
        Assert.Equal(XenStoreError.None, _guest.StartTransaction(out _));
    }

    [Fact]
    public void A_transaction_touches_1024_nodes_at_most()
    {
        _guest.StartTransaction(out uint transaction);
        int seen = 0;
        while (_guest.Read($"data/{seen}", out _, transaction) == XenStoreError.ENOENT && seen < 5000)
            seen++;

        Assert.InRange(seen, 1000, 1024);
        Assert.Equal(XenStoreError.ENOSPC, _guest.Read("data/more", out _, transaction));
        Assert.Equal(XenStoreError.ENOENT, _guest.Read("data/0", out _, transaction));
        Assert.Equal(XenStoreError.None, _guest.EndTransaction(transaction, true));
    }

    [Fact]
    public void A_node_has_5_permissions_at_most()
    {
        ImmutableArray<XenStorePermission> permissions = [.. Enumerable.Range(1, 5).Select(id => new XenStorePermission(id, XenStoreAccess.Read))];
        Assert.Equal(XenStoreError.None, _guest.SetPermissions("data", permissions));
        Assert.Equal(XenStoreError.ENOSPC, _guest.SetPermissions("data", permissions.Add(new(9, XenStoreAccess.Read))));
        Assert.Equal(XenStoreError.None, _control.SetPermissions("/local/domain/1/data", permissions.Add(new(9, XenStoreAccess.Read))));
    }

    [Fact]
    public void A_node_has_2048_bytes_at_most()
    {
        Assert.Equal(XenStoreError.None, _guest.Write("data", new byte[2048 - 16 - 8]));
        Assert.Equal(XenStoreError.ENOSPC, _guest.Write("data", new byte[2048 - 16 - 8 + 1]));
        Assert.Equal(XenStoreError.ENOSPC, _guest.SetPermissions("data", [new(1, XenStoreAccess.None), new(2, XenStoreAccess.Read)]));
        Assert.Equal(XenStoreError.ENOSPC, _guest.Write("data/child", ""));
        Assert.Equal(XenStoreError.None, _guest.Write("data", ""));
        Assert.Equal(XenStoreError.ENOSPC, _guest.Write("data/child", new byte[2048]));
        Assert.Equal(XenStoreError.None, _guest.Write("data/child", ""));
    }

    [Fact]
    public void No_quota_holds_for_the_control_domain()
    {
        for (int index = 0; index < 1200; index++)
            Assert.Equal(XenStoreError.None, _control.Write($"/many/{index}", ""));
        for (int index = 0; index < 200; index++)
            Assert.Equal(XenStoreError.None, _control.Watch("/w", $"{index}"));
        for (int index = 0; index < 20; index++)
            Assert.Equal(XenStoreError.None, _control.StartTransaction(out _));
        Assert.Equal(XenStoreError.None, _control.Write("/big", new byte[4000]));
    }

    private int CountOwned(string path)
    {
        _control.GetPermissions(path, out ImmutableArray<XenStorePermission> permissions);
        _control.Directory(path, out ImmutableSortedSet<string> children);
        return (permissions[0].Domain == 1 ? 1 : 0) + children.Sum(leaf => CountOwned(XenStorePath.Child(path, leaf)));
    }
}
