using System.Collections.Immutable;
using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

public sealed class XenStoreOperationsTests
{
    private readonly XenStoreService _service = new();
    private readonly XenStoreManagedConnection _control;

    public XenStoreOperationsTests()
    {
        _control = _service.Connect(0);
    }

    [Fact]
    public void A_write_creates_the_node_and_its_parents_with_empty_values()
    {
        Assert.Equal(XenStoreError.None, _control.Write("/a/b/c", "value"));

        Assert.Equal("value", _control.ReadText("/a/b/c"));
        Assert.Equal("", _control.ReadText("/a/b"));
        Assert.Equal("", _control.ReadText("/a"));
        Assert.Equal(XenStoreError.None, _control.Directory("/a", out ImmutableSortedSet<string> children));
        Assert.Equal(["b"], children);
    }

    [Fact]
    public void Values_are_bytes()
    {
        byte[] value = [0, 255, 10, 0];
        _control.Write("/bytes", value);

        value[1] = 1;
        _control.Read("/bytes", out byte[] read);
        Assert.Equal([0, 255, 10, 0], read);
        read[0] = 9;
        _control.Read("/bytes", out byte[] again);
        Assert.Equal([0, 255, 10, 0], again);
    }

    [Fact]
    public void Making_a_directory_keeps_the_value_of_what_is_there()
    {
        _control.Write("/a", "kept");

        Assert.Equal(XenStoreError.None, _control.MakeDirectory("/a/b"));
        Assert.Equal(XenStoreError.None, _control.MakeDirectory("/a"));

        Assert.Equal("kept", _control.ReadText("/a"));
        Assert.Equal("", _control.ReadText("/a/b"));
    }

    [Fact]
    public void Removing_takes_the_children_along_and_needs_only_the_parent()
    {
        _control.Write("/a/b/c/d", "1");

        Assert.Equal(XenStoreError.None, _control.Remove("/a/b"));
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/a/b/c/d", out _));
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/a/b", out _));
        Assert.Equal("", _control.ReadText("/a"));
        Assert.Equal(XenStoreError.None, _control.Remove("/a/b"));
        Assert.Equal(XenStoreError.ENOENT, _control.Remove("/a/b/c"));
        Assert.Equal(XenStoreError.EINVAL, _control.Remove("/"));
    }

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/none", out _));
        Assert.Equal(XenStoreError.ENOENT, _control.Directory("/none", out _));
        Assert.Equal(XenStoreError.ENOENT, _control.GetPermissions("/none", out _));
        Assert.Equal(XenStoreError.ENOENT, _control.SetPermissions("/none", [new(0, XenStoreAccess.None)]));
        Assert.Equal(XenStoreError.ENOENT, _control.Read("/a", out _, 17));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a/")]
    [InlineData("//a")]
    [InlineData("/a//b")]
    [InlineData("a/")]
    [InlineData("/a b")]
    [InlineData("/a.b")]
    [InlineData("/a\0b")]
    [InlineData("/ä")]
    [InlineData("@releaseDomain")]
    public void A_malformed_path_is_invalid(string path)
    {
        Assert.Equal(XenStoreError.EINVAL, _control.Read(path, out _));
        Assert.Equal(XenStoreError.EINVAL, _control.Write(path, ""));
        Assert.Equal(XenStoreError.EINVAL, _control.MakeDirectory(path));
        Assert.Equal(XenStoreError.EINVAL, _control.Remove(path));
        Assert.Equal(XenStoreError.EINVAL, _control.Directory(path, out _));
    }

    [Fact]
    public void Paths_may_be_3072_bytes_long_and_relative_ones_2048()
    {
        Assert.Equal(XenStoreError.None, _control.Write("/" + new string('a', 3071), ""));
        Assert.Equal(XenStoreError.EINVAL, _control.Write("/" + new string('a', 3072), ""));
        Assert.Equal(XenStoreError.None, _control.Write(new string('a', 2048), ""));
        Assert.Equal(XenStoreError.EINVAL, _control.Write(new string('a', 2049), ""));
    }

    [Fact]
    public void Relative_paths_start_at_the_domains_own()
    {
        _service.Introduce(3);
        XenStoreManagedConnection guest = _service.Connect(3);
        _control.Write("/local/domain/3/x/y", "mine");
        _control.SetPermissions("/local/domain/3/x/y", [new(3, XenStoreAccess.None)]);

        Assert.Equal("mine", guest.ReadText("x/y"));
        _control.Write("z", "control");
        Assert.Equal("control", _control.ReadText("/local/domain/0/z"));
    }

    [Fact]
    public void A_payload_is_at_most_4096_bytes()
    {
        Assert.Equal(XenStoreError.None, _control.Write("/big", new byte[4096 - 5]));
        Assert.Equal(XenStoreError.E2BIG, _control.Write("/big", new byte[4096 - 4]));
    }

    [Fact]
    public void The_root_can_be_written_and_listed()
    {
        Assert.Equal(XenStoreError.None, _control.Write("/", "root"));
        _control.Write("/b", "");
        _control.Write("/a", "");

        Assert.Equal("root", _control.ReadText("/"));
        _control.Directory("/", out ImmutableSortedSet<string> children);
        Assert.Equal(["a", "b"], children);
    }

    [Fact]
    public void A_nodes_generation_changes_with_its_value_its_permissions_and_its_children()
    {
        _control.Write("/a", "");
        HashSet<ulong> seen = [Generation()];
        _control.Write("/a", "");
        Assert.True(seen.Add(Generation()));
        _control.Write("/a/b", "");
        Assert.True(seen.Add(Generation()));
        _control.SetPermissions("/a", [new(0, XenStoreAccess.Read)]);
        Assert.True(seen.Add(Generation()));
        _control.Remove("/a/b");
        Assert.True(seen.Add(Generation()));
        _control.Write("/other", "");
        Assert.False(seen.Add(Generation()));

        ulong Generation()
        {
            Assert.Equal(XenStoreError.None, _control.Directory("/a", out _, out ulong generation));
            return generation;
        }
    }

    [Fact]
    public void Lists_that_are_too_long_are_had_in_parts()
    {
        List<string> names = [.. Enumerable.Range(0, 2000).Select(index => $"child-{index:D5}")];
        ImmutableSortedSet<string> children = [.. names];
        List<string> found = [];
        uint offset = 0;
        while (true)
        {
            byte[] part = XenStoreOperations.PartOf(children, 42, offset);
            Assert.True(part.Length <= 4096);
            List<string> texts = XenStoreWire.Decode(part);
            Assert.Equal("42", texts[0]);
            offset += (uint)texts.Skip(1).Sum(text => text.Length + 1);
            found.AddRange(texts.Skip(1));
            if (texts[^1].Length == 0)
                break;
        }

        Assert.Equal([.. names, ""], found);
        Assert.Equal("42\0\0"u8.ToArray(), XenStoreOperations.PartOf(children, 42, uint.MaxValue));
        Assert.Equal("42\0\0"u8.ToArray(), XenStoreOperations.PartOf([], 42, 0));
    }

    [Fact]
    public void A_closed_connection_answers_with_an_error()
    {
        _control.Close();

        Assert.Equal(XenStoreError.EIO, _control.Read("/", out _));
        Assert.Equal(XenStoreError.EIO, _control.Watch("/", "t"));
        Assert.Equal(XenStoreError.EIO, _control.StartTransaction(out _));
        Assert.Equal(XenStoreError.EIO, _control.Release(1));
        _control.Close();
    }
}
