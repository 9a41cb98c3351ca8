using System.Collections.Immutable;
using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

public sealed class XenStorePermissionsTests
{
    private readonly XenStoreService _service = new();
    private readonly XenStoreManagedConnection _control;
    private readonly XenStoreManagedConnection _one;
    private readonly XenStoreManagedConnection _two;

    public XenStorePermissionsTests()
    {
        _control = _service.Connect(0);
        _service.Introduce(1);
        _service.Introduce(2);
        _one = _service.Connect(1);
        _two = _service.Connect(2);
    }

    [Theory]
    [InlineData("n0", false, false)]
    [InlineData("r0", true, false)]
    [InlineData("w0", false, true)]
    [InlineData("b0", true, true)]
    [InlineData("b0 n1", false, false)]
    [InlineData("n0 r1", true, false)]
    [InlineData("n0 w1", false, true)]
    [InlineData("n0 b1", true, true)]
    [InlineData("n0 b2", false, false)]
    [InlineData("n0 r1 w1", true, false)]
    [InlineData("n0 r32757", true, false)]
    [InlineData("n1", true, true)]
    [InlineData("n1 n1", true, true)]
    public void The_entries_say_who_may_do_what(string permissions, bool reads, bool writes)
    {
        _control.Write("/node", "v");
        Set("/node", permissions);

        Assert.Equal(reads ? XenStoreError.None : XenStoreError.EACCES, _one.Read("/node", out _));
        Assert.Equal(reads ? XenStoreError.None : XenStoreError.EACCES, _one.Directory("/node", out _));
        Assert.Equal(reads ? XenStoreError.None : XenStoreError.EACCES, _one.GetPermissions("/node", out _));
        Assert.Equal(writes ? XenStoreError.None : XenStoreError.EACCES, _one.Write("/node", "w"));
        Assert.Equal(writes ? XenStoreError.None : XenStoreError.EACCES, _one.MakeDirectory("/node"));
        Assert.Equal(writes ? XenStoreError.None : XenStoreError.EACCES, _one.Write("/node/child", ""));
        Assert.Equal(writes ? XenStoreError.None : XenStoreError.EACCES, _one.Remove("/node"));
        Assert.Equal("v", _control.ReadText("/node") ?? "v");
    }

    [Fact]
    public void Who_may_not_know_is_not_told_whether_a_node_is_there()
    {
        _control.Write("/secret/there", "");
        _control.Write("/open", "");
        Set("/open", "r0");

        Assert.Equal(XenStoreError.EACCES, _one.Read("/secret/there", out _));
        Assert.Equal(XenStoreError.EACCES, _one.Read("/secret/not-there", out _));
        Assert.Equal(XenStoreError.EACCES, _one.Remove("/secret/not-there"));
        Assert.Equal(XenStoreError.ENOENT, _one.Read("/open/not-there", out _));
        Assert.Equal(XenStoreError.EACCES, _one.Write("/open/not-there", ""));
    }

    [Fact]
    public void A_node_may_be_open_below_a_closed_one()
    {
        _control.Write("/closed/open", "v");
        Set("/closed/open", "n0 r1");

        Assert.Equal("v", _one.ReadText("/closed/open"));
    }

    [Fact]
    public void A_new_node_has_its_parents_permissions_and_its_creators_owner()
    {
        _control.Write("/shared", "");
        Set("/shared", "n0 b1 r2");
        _one.Write("/shared/a/b", "");
        _control.Write("/shared/c", "");

        Assert.Equal("n1 b1 r2", Get("/shared/a"));
        Assert.Equal("n1 b1 r2", Get("/shared/a/b"));
        Assert.Equal("n0 b1 r2", Get("/shared/c"));
    }

    [Fact]
    public void Only_the_owner_sets_permissions_and_only_the_control_domain_the_owner()
    {
        _control.Write("/node", "");
        Set("/node", "n1 b2");

        Assert.Equal(XenStoreError.EACCES, _two.SetPermissions("/node", [new(1, XenStoreAccess.Both)]));
        Assert.Equal(XenStoreError.EPERM, _one.SetPermissions("/node", [new(2, XenStoreAccess.None)]));
        Assert.Equal(XenStoreError.None, _one.SetPermissions("/node", [new(1, XenStoreAccess.Read)]));
        Assert.Equal("r1", Get("/node"));
        Set("/node", "n2");
        Assert.Equal(XenStoreError.EACCES, _one.Read("/node", out _));
        Assert.Equal(XenStoreError.EINVAL, _control.SetPermissions("/node", []));
        Assert.Equal(XenStoreError.EINVAL, _control.SetPermissions("/node", [new(XenStorePermission.AnyDomain, XenStoreAccess.Both)]));
    }

    [Fact]
    public void A_target_lends_its_rights()
    {
        _control.Write("/owned", "");
        Set("/owned", "n2");
        _control.Write("/granted", "");
        Set("/granted", "n0 r2");
        Assert.Equal(XenStoreError.EACCES, _one.Read("/owned", out _));

        Assert.Equal(XenStoreError.None, _control.SetTarget(1, 2));

        Assert.Equal(XenStoreError.None, _one.Write("/owned", "x"));
        Assert.Equal(XenStoreError.None, _one.Read("/granted", out _));
        Assert.Equal(XenStoreError.EACCES, _one.Write("/granted", ""));
        _service.Destroy(2);
        Assert.Equal(XenStoreError.EACCES, _one.Read("/granted", out _));
    }

    [Fact]
    public void The_control_domains_requests_are_its_own()
    {
        Assert.Equal(XenStoreError.EACCES, _one.SetTarget(1, 2));
        Assert.Equal(XenStoreError.EACCES, _one.Release(2));
        Assert.Equal(XenStoreError.EACCES, _one.Resume(2));
        Assert.Equal(XenStoreError.EACCES, _one.IsIntroduced(2, out _));
        Assert.Equal(XenStoreError.ENOENT, _control.SetTarget(1, 9));
        Assert.Equal(XenStoreError.ENOENT, _control.Release(9));
        Assert.Equal(XenStoreError.ENOENT, _control.Resume(9));
        Assert.Equal(XenStoreError.EINVAL, _control.Release(0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("r")]
    [InlineData("x1")]
    [InlineData("1")]
    [InlineData("r-1")]
    [InlineData("r65536")]
    [InlineData("r32752")]
    [InlineData("r1 ")]
    public void What_is_no_permission_is_refused(string text) => Assert.False(XenStorePermission.TryParse(text, out _));

    private void Set(string path, string permissions)
    {
        ImmutableArray<XenStorePermission> parsed = [.. permissions.Split(' ').Select(text =>
        {
            Assert.True(XenStorePermission.TryParse(text, out XenStorePermission permission));
            return permission;
        })];
        Assert.Equal(XenStoreError.None, _control.SetPermissions(path, parsed));
    }

    private string Get(string path)
    {
        Assert.Equal(XenStoreError.None, _control.GetPermissions(path, out ImmutableArray<XenStorePermission> permissions));
        return string.Join(' ', permissions);
    }
}
