using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

public sealed class XenStoreTransactionTests
{
    private readonly XenStoreService _service = new();
    private readonly XenStoreManagedConnection _control;
    private readonly List<XenStoreEvent> _events = [];

    public XenStoreTransactionTests()
    {
        _control = _service.Connect(0, _events.Add);
    }

    [Fact]
    public void Changes_are_seen_inside_at_once_and_outside_after_the_commit()
    {
        _control.Write("/a", "old");
        uint transaction = Start();
        _control.Write("/a", "new", transaction);
        _control.Write("/b/c", "made", transaction);

        Assert.Equal("new", _control.ReadText("/a", transaction));
        Assert.Equal("old", _control.ReadText("/a"));
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/b/c", out _));
        Assert.Equal(XenStoreError.None, _control.EndTransaction(transaction, true));
        Assert.Equal("new", _control.ReadText("/a"));
        Assert.Equal("made", _control.ReadText("/b/c"));
        Assert.Equal(XenStoreError.ENOENT, _control.EndTransaction(transaction, true));
    }

    [Fact]
    public void A_dropped_transaction_changes_nothing()
    {
        _control.Write("/a/b", "kept");
        uint transaction = Start();
        _control.Remove("/a", transaction);
        _control.Write("/c", "", transaction);

        Assert.Equal(XenStoreError.ENOENT, _control.Read("/a/b", out _, transaction));
        Assert.Equal(XenStoreError.None, _control.EndTransaction(transaction, false));
        Assert.Equal("kept", _control.ReadText("/a/b"));
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/c", out _));
    }

    [Fact]
    public void The_view_is_the_one_of_the_start()
    {
        _control.Write("/a", "1");
        _control.Write("/b", "1");
        uint transaction = Start();
        _control.ReadText("/a", transaction);
        _control.Write("/a", "2");
        _control.Write("/b", "2");

        Assert.Equal("1", _control.ReadText("/b", transaction));
        Assert.Equal(XenStoreError.EAGAIN, _control.EndTransaction(transaction, true));
    }

    [Theory]
    [InlineData("read /n", "write /n")]
    [InlineData("write /n", "write /n")]
    [InlineData("perms /n", "write /n")]
    [InlineData("read /n", "perms /n")]
    [InlineData("read /n", "rm /n")]
    [InlineData("read /new", "write /new")]
    [InlineData("write /new", "write /new")]
    [InlineData("mkdir /new/a", "mkdir /new/b")]
    [InlineData("ls /n", "write /n/child")]
    [InlineData("ls /n", "rm /n/leaf")]
    [InlineData("rm /n", "write /n/child")]
    [InlineData("rm /n", "write /n/leaf")]
    [InlineData("write /n/child", "rm /n")]
    public void A_change_of_what_was_seen_or_written_conflicts(string inside, string outside)
    {
        _control.Write("/n/leaf", "");
        uint transaction = Start();
        Do(inside, transaction);
        Do(outside, 0);

        Assert.Equal(XenStoreError.EAGAIN, _control.EndTransaction(transaction, true));
    }

    [Theory]
    [InlineData("read /n", "write /m")]
    [InlineData("write /n", "write /m")]
    [InlineData("write /n", "read /n")]
    [InlineData("read /n", "write /n/child")]
    [InlineData("write /n/a", "write /n/b")]
    [InlineData("write /n/a", "rm /n/leaf")]
    [InlineData("rm /n/leaf", "write /n/a")]
    [InlineData("ls /n", "write /n/leaf")]
    [InlineData("rm /n", "write /m/x")]
    public void A_change_of_something_else_does_not(string inside, string outside)
    {
        _control.Write("/n/leaf", "");
        _control.Write("/m", "");
        uint transaction = Start();
        Do(inside, transaction);
        Do(outside, 0);

        Assert.Equal(XenStoreError.None, _control.EndTransaction(transaction, true));
    }

    [Fact]
    public void Children_of_two_transactions_are_all_there()
    {
        _control.Write("/n", "");
        uint first = Start();
        uint second = Start();
        _control.Write("/n/a", "", first);
        _control.Write("/n/b", "", second);

        Assert.Equal(XenStoreError.None, _control.EndTransaction(second, true));
        Assert.Equal(XenStoreError.None, _control.EndTransaction(first, true));
        _control.Directory("/n", out var children);
        Assert.Equal(["a", "b"], children);
    }

    [Fact]
    public void A_node_that_was_removed_and_made_again_has_no_old_children()
    {
        _control.Write("/n/old/deep", "");
        uint transaction = Start();
        _control.Remove("/n", transaction);
        _control.Write("/n/new", "", transaction);

        Assert.Equal(XenStoreError.None, _control.EndTransaction(transaction, true));
        _control.Directory("/n", out var children);
        Assert.Equal(["new"], children);
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/n/old/deep", out _));
    }

    [Fact]
    public void Watches_fire_when_it_commits_and_not_when_it_does_not()
    {
        _control.Watch("/w", "t");
        _events.Clear();
        uint transaction = Start();
        _control.Write("/w/a", "1", transaction);
        _control.Write("/w/a", "2", transaction);
        _control.Write("/w/b", "", transaction);
        Assert.Empty(_events);

        _control.EndTransaction(transaction, true);
        Assert.Equal([new("/w/a", "t"), new("/w/b", "t")], _events);

        _events.Clear();
        transaction = Start();
        _control.Write("/w/a", "3", transaction);
        _control.EndTransaction(transaction, false);
        transaction = Start();
        _control.Write("/w/a", "3", transaction);
        _control.Write("/w/a", "4");
        Assert.Equal(XenStoreError.EAGAIN, _control.EndTransaction(transaction, true));
        Assert.Equal([new("/w/a", "t")], _events);
    }

    [Fact]
    public void A_failed_operation_leaves_the_transaction_as_it_was()
    {
        _service.Introduce(1);
        XenStoreManagedConnection guest = _service.Connect(1);
        _control.Write("/local/domain/1", "");
        _control.SetPermissions("/local/domain/1", [new(1, XenStoreAccess.None)]);
        guest.StartTransaction(out uint transaction);
        guest.Write("a", "1", transaction);

        Assert.Equal(XenStoreError.ENOSPC, guest.Write("b", new byte[3000], transaction));
        Assert.Equal(XenStoreError.EACCES, guest.Write("/c", "", transaction));
        Assert.Equal(XenStoreError.None, guest.EndTransaction(transaction, true));
        Assert.Equal("1", guest.ReadText("a"));
        Assert.Equal(XenStoreError.ENOENT, guest.Read("b", out _));
    }

    [Fact]
    public void A_transaction_belongs_to_its_connection()
    {
        uint transaction = Start();
        XenStoreManagedConnection other = _service.Connect(0);

        Assert.Equal(XenStoreError.ENOENT, other.Write("/a", "", transaction));
        Assert.Equal(XenStoreError.ENOENT, other.EndTransaction(transaction, true));
        _control.ResetWatches();
        Assert.Equal(XenStoreError.ENOENT, _control.EndTransaction(transaction, true));
    }

    private uint Start()
    {
        Assert.Equal(XenStoreError.None, _control.StartTransaction(out uint transaction));
        Assert.NotEqual(0u, transaction);
        return transaction;
    }

    private void Do(string step, uint transaction)
    {
        string[] words = step.Split(' ');
        XenStoreError error = words[0] switch
        {
            "read" => _control.Read(words[1], out _, transaction),
            "write" => _control.Write(words[1], "x", transaction),
            "mkdir" => _control.MakeDirectory(words[1], transaction),
            "rm" => _control.Remove(words[1], transaction),
            "ls" => _control.Directory(words[1], out _, transaction),
            _ => _control.SetPermissions(words[1], [new(0, XenStoreAccess.Read)], transaction),
        };
        Assert.True(error is XenStoreError.None or XenStoreError.ENOENT);
    }
}
