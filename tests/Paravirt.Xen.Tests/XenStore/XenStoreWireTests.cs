using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

/// <summary>Messages byte for byte as docs/misc/xenstore.txt has them; | stands for NUL.</summary>
public sealed class XenStoreWireTests : IDisposable
{
    private readonly XenStoreService _service = new();
    private readonly XenStoreManagedConnection _control;
    private readonly TestRing _guest;

    public XenStoreWireTests()
    {
        _control = _service.Connect(0);
        _control.Write("/local/domain/7", "");
        _control.SetPermissions("/local/domain/7", [new(7, XenStoreAccess.None)]);
        _guest = new TestRing(_service, 7);
    }

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_read_and_its_reply_are_these_bytes()
    {
        _control.Write("/local/domain/7/name", "vm");

        byte[] reply = _guest.Exchange([2, 0, 0, 0, 0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0, 5, 0, 0, 0, .. "name\0"u8]);

        Assert.Equal([2, 0, 0, 0, 0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0, 2, 0, 0, 0, .. "vm"u8], reply);
    }

    [Fact]
    public void An_error_and_an_event_are_these_bytes()
    {
        byte[] reply = _guest.Exchange([2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, .. "none\0"u8]);
        Assert.Equal([16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, .. "ENOENT\0"u8], reply);

        reply = _guest.Exchange([4, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, .. "w\0t\0"u8]);
        Assert.Equal([4, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, .. "OK\0"u8, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, .. "w\0t\0"u8], reply);
    }

    [Fact]
    public void The_page_tells_the_features_and_starts_empty()
    {
        Assert.Equal(15u, _guest[2064]);
        foreach (int offset in (int[])[2048, 2052, 2056, 2060, 2068, 2072])
            Assert.Equal(0u, _guest[offset]);
    }

    [Fact]
    public void Nodes_are_written_read_listed_and_removed()
    {
        Assert.Equal("11:OK|", _guest.Ask(11, "data/a|value"));
        Assert.Equal("11:OK|", _guest.Ask(11, "/local/domain/7/data/b|x|y"));
        Assert.Equal("12:OK|", _guest.Ask(12, "data/c|"));
        Assert.Equal("2:value", _guest.Ask(2, "data/a|"));
        Assert.Equal("2:x|y", _guest.Ask(2, "data/b|"));
        Assert.Equal("2:", _guest.Ask(2, "data/c|"));
        Assert.Equal("1:a|b|c|", _guest.Ask(1, "data|"));
        Assert.Equal("13:OK|", _guest.Ask(13, "data/b|"));
        Assert.Equal("1:a|c|", _guest.Ask(1, "data|"));
        Assert.Equal("1:", _guest.Ask(1, "data/c|"));
        Assert.Matches(@"^22:\d+\|a\|c\|\|$", _guest.Ask(22, "data|0|"));
        Assert.Matches(@"^22:\d+\|c\|\|$", _guest.Ask(22, "data|2|"));
        Assert.Matches(@"^22:\d+\|\|$", _guest.Ask(22, "data|100|"));
    }

    [Fact]
    public void Permissions_are_a_letter_and_a_domain()
    {
        _guest.Ask(11, "data|");

        Assert.Equal("3:n7|", _guest.Ask(3, "data|"));
        Assert.Equal("14:OK|", _guest.Ask(14, "data|r7|b0|w3|n4|"));
        Assert.Equal("3:r7|b0|w3|n4|", _guest.Ask(3, "data|"));
        Assert.Equal("14:OK|", _guest.Ask(14, "data|n7|reserved"));
        Assert.Equal("16:EPERM|", _guest.Ask(14, "data|n0|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(14, "data|x7|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(14, "data|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(14, "data|n7"));
        Assert.Equal("16:ENOSPC|", _guest.Ask(14, "data|n7|r1|r2|r3|r4|r5|"));
        Assert.Equal("16:EACCES|", _guest.Ask(3, "@releaseDomain|"));
    }

    [Fact]
    public void Transactions_are_named_in_the_header()
    {
        Assert.Equal("6:1|", _guest.Ask(6, "|"));
        Assert.Equal("6:2|", _guest.Ask(6, "|"));
        Assert.Equal("11:OK|", _guest.Ask(11, "data|one", 1));
        Assert.Equal("16:ENOENT|", _guest.Ask(2, "data|"));
        Assert.Equal("2:one", _guest.Ask(2, "data|", 1));
        Assert.Equal("11:OK|", _guest.Ask(11, "data|two", 2));
        Assert.Equal("16:EBUSY|", _guest.Ask(6, "|", 1));
        Assert.Equal("16:ENOENT|", _guest.Ask(6, "|", 9));
        Assert.Equal("16:EINVAL|", _guest.Ask(7, "X|", 1));
        Assert.Equal("16:EINVAL|", _guest.Ask(7, "T", 1));
        Assert.Equal("7:OK|", _guest.Ask(7, "T|", 1));
        Assert.Equal("16:EAGAIN|", _guest.Ask(7, "T|", 2));
        Assert.Equal("16:ENOENT|", _guest.Ask(7, "T|", 2));
        Assert.Equal("16:ENOENT|", _guest.Ask(7, "F|"));
        Assert.Equal("6:3|", _guest.Ask(6, "|"));
        Assert.Equal("7:OK|", _guest.Ask(7, "F|", 3));
        Assert.Equal("2:one", _guest.Ask(2, "data|"));
    }

    [Fact]
    public void Watches_come_as_events_without_numbers()
    {
        Assert.Equal("4:OK| 15:data|token|", _guest.Ask(4, "data|token|"));
        Assert.Equal("16:EEXIST|", _guest.Ask(4, "data|token|"));
        Assert.Equal("15:data/x|token| 11:OK|", _guest.Ask(11, "data/x|1"));
        Assert.Equal("4:OK| 15:/local/domain/7/data|deep|", _guest.Ask(4, "/local/domain/7/data|deep|0|"));
        Assert.Equal("15:data/x|token| 11:OK|", _guest.Ask(11, "data/x|2"));
        Assert.Equal("5:OK|", _guest.Ask(5, "data|token|"));
        Assert.Equal("16:ENOENT|", _guest.Ask(5, "data|token|"));
        Assert.Equal("4:OK| 15:@introduceDomain|s|", _guest.Ask(4, "@introduceDomain|s|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(4, "data|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(4, "data|t|-1|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(4, "data|t|x|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(5, "data|"));
        Assert.Equal("21:OK|", _guest.Ask(21, "|"));
        Assert.Equal("11:OK|", _guest.Ask(11, "data/x|3"));
    }

    [Fact]
    public void A_watch_event_notifies_the_guest()
    {
        _guest.Ask(4, "control/shutdown|t|");
        int before = _guest.Notifications;

        _control.Write("/local/domain/7/control/shutdown", "poweroff");

        Assert.Equal(before + 1, _guest.Notifications);
        Assert.Equal([(15u, 0u, 0u, "control/shutdown|t|")], TestRing.Parse(_guest.Take()));
    }

    [Fact]
    public void Domains_are_named_in_decimal()
    {
        Assert.Equal("10:/local/domain/7|", _guest.Ask(10, "7|"));
        Assert.Equal("10:/local/domain/65535|", _guest.Ask(10, "65535|"));
        Assert.Equal("10:/local/domain/12|", _guest.Ask(10, "012|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(10, "65536|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(10, "x|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(10, "|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(10, ""));
        Assert.Equal("16:EINVAL|", _guest.Ask(10, "7"));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(19)]
    public void What_is_the_control_domains_is_refused_to_a_guest(uint type)
    {
        Assert.Equal("16:EACCES|", _guest.Ask(type, "7|1|1|"));
        Assert.Equal("16:EACCES|", _guest.Ask(type, ""));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(20)]
    [InlineData(23)]
    [InlineData(26)]
    [InlineData(65535)]
    [InlineData(uint.MaxValue)]
    public void A_type_that_is_not_served_is_said_to_be_so(uint type) => Assert.Equal("16:ENOSYS|", _guest.Ask(type, "check|", 5));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(22)]
    public void A_payload_of_the_wrong_shape_is_invalid(uint type)
    {
        Assert.Equal("16:EINVAL|", _guest.Ask(type, ""));
        Assert.Equal("16:EINVAL|", _guest.Ask(type, "data"));
        Assert.Equal("16:EINVAL|", _guest.Ask(type, "|"));
        Assert.Equal("16:EINVAL|", _guest.Ask(type, "a//b|t|0|"));
    }

    [Fact]
    public void A_list_that_does_not_fit_is_too_big()
    {
        for (int index = 0; index < 300; index++)
            _control.Write($"/list/child-{index:D10}", "");
        _control.SetPermissions("/list", [new(0, XenStoreAccess.Read)]);

        Assert.Equal("16:E2BIG|", _guest.Ask(1, "/list|"));
        Assert.Matches(@"^22:\d+\|child-0000000000\|", _guest.Ask(22, "/list|0|"));
    }

    [Fact]
    public void A_control_domain_that_is_a_guest_has_its_requests_over_the_ring()
    {
        List<(int, long, uint)> asked = [];
        XenStoreService service = new(introducer: (domain, frame, port) =>
        {
            asked.Add((domain, frame, port));
            return domain == 6 ? XenStoreError.ENOENT : XenStoreError.None;
        });
        using TestRing control = new(service, 0);
        using TestRing guest = new(service, 5);

        Assert.Equal("17:F|", control.Ask(17, "4|"));
        Assert.Equal("17:T|", control.Ask(17, "5|"));
        Assert.Equal("17:T|", control.Ask(17, "32752|"));
        Assert.Equal("8:OK|", control.Ask(8, "4|-1|3|"));
        Assert.Equal("16:ENOENT|", control.Ask(8, "6|100|3|"));
        Assert.Equal([(4, -1, 3u), (6, 100, 3u)], asked);
        Assert.Equal("16:EINVAL|", control.Ask(8, "4|1|0|"));
        Assert.Equal("16:EINVAL|", control.Ask(8, "4|1|"));
        Assert.Equal("16:EINVAL|", control.Ask(8, "0|1|1|"));
        Assert.Equal("18:OK|", control.Ask(18, "5|"));
        Assert.Equal("19:OK|", control.Ask(19, "5|0|"));
        Assert.Equal("16:ENOENT|", control.Ask(19, "5|9|"));
        Assert.Equal("3:n0|", control.Ask(3, "@releaseDomain|"));
        Assert.Equal("4:OK| 15:@releaseDomain|r|", control.Ask(4, "@releaseDomain|r|"));
        Assert.Equal("15:@releaseDomain|r| 9:OK|", control.Ask(9, "5|"));
        Assert.Equal("16:ENOENT|", control.Ask(9, "5|"));
        Assert.Equal("16:EINVAL|", control.Ask(9, "0|"));
        Assert.Equal("17:F|", control.Ask(17, "5|"));
        Assert.False(guest.Connection.OnEvent());
    }

    [Fact]
    public void Introducing_a_domain_again_resets_its_ring()
    {
        using TestRing control = new(_service, 0);
        _guest.Ask(4, "data|t|");
        _guest.Ask(6, "|");
        _guest.Put(new byte[10]);
        _guest.Connection.OnEvent();

        Assert.Equal("8:OK|", control.Ask(8, "7|1|1|"));

        Assert.Equal(0u, _guest[2052]);
        Assert.Equal("11:OK|", _guest.Ask(11, "data|"));
        Assert.Equal("16:ENOENT|", _guest.Ask(7, "T|", 1));
    }
}
