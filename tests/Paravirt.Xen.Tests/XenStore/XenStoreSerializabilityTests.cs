using System.Collections.Immutable;
using Dominion.Paravirt.Xen.XenStore;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

/// <summary>Any interleaving of transactions is equal to running those that committed one after the other, each whole at its commit.</summary>
public sealed class XenStoreSerializabilityTests
{
    private static readonly string[] Paths = ["/a", "/a/x", "/a/x/y", "/a/z", "/b", "/b/x"];

    private enum Kind
    {
        Read,
        List,
        Permissions,
        Write,
        MakeDirectory,
        Remove,
        SetPermissions,
    }

    [Fact]
    public void Transactions_that_commit_could_have_run_one_after_the_other() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), Holds));

    [Fact]
    public void Some_commit_and_some_conflict()
    {
        (int committed, int conflicts) = (0, 0);
        for (int seed = 1; seed <= 50; seed++)
        {
            (_, _, int more, int lost) = Interleave(seed);
            committed += more;
            conflicts += lost;
        }

        Assert.True(committed > 100);
        Assert.True(conflicts > 100);
    }

    private static bool Holds(int seed)
    {
        (List<Operation> serial, string tree, _, _) = Interleave(seed);
        XenStoreManagedConnection store = new XenStoreService().Connect(0);
        return serial.TrueForAll(operation => Do(store, operation, 0) == operation.Result) && Dump(store, "/") == tree;
    }

    private static (List<Operation> Serial, string Tree, int Committed, int Conflicts) Interleave(int seed)
    {
        Random random = new(seed);
        XenStoreManagedConnection store = new XenStoreService().Connect(0);
        SortedDictionary<uint, List<Operation>> open = [];
        List<Operation> serial = [];
        (int committed, int conflicts) = (0, 0);
        for (int step = 0; step < 150; step++)
        {
            int what = random.Next(20);
            uint picked = open.Count == 0 ? 0 : open.Keys.ElementAt(random.Next(open.Count));
            if (what < 3 && open.Count < 4)
            {
                Assert.Equal(XenStoreError.None, store.StartTransaction(out uint started));
                open[started] = [];
            }
            else if (what < 6 && picked != 0)
            {
                bool commit = random.Next(6) != 0;
                XenStoreError error = store.EndTransaction(picked, commit);
                if (error == XenStoreError.None && commit)
                {
                    serial.AddRange(open[picked]);
                    committed++;
                }
                else if (error == XenStoreError.EAGAIN)
                {
                    conflicts++;
                }

                open.Remove(picked);
            }
            else
            {
                Operation operation = new((Kind)random.Next(7), Paths[random.Next(Paths.Length)], random.Next(100), "");
                uint transaction = random.Next(4) == 0 ? 0 : picked;
                operation = operation with { Result = Do(store, operation, transaction) };
                (transaction == 0 ? serial : open[transaction]).Add(operation);
            }
        }

        return (serial, Dump(store, "/"), committed, conflicts);
    }

    private static string Do(XenStoreManagedConnection store, Operation operation, uint transaction)
    {
        switch (operation.Kind)
        {
            case Kind.Read:
                XenStoreError read = store.Read(operation.Path, out byte[] value, transaction);
                return $"{read} {Convert.ToHexString(value)}";
            case Kind.List:
                XenStoreError listed = store.Directory(operation.Path, out ImmutableSortedSet<string> children, transaction);
                return $"{listed} {string.Join(',', children)}";
            case Kind.Permissions:
                XenStoreError got = store.GetPermissions(operation.Path, out ImmutableArray<XenStorePermission> permissions, transaction);
                return $"{got} {string.Join(',', permissions)}";
            case Kind.Write:
                return store.Write(operation.Path, [(byte)operation.Value], transaction).ToString();
            case Kind.MakeDirectory:
                return store.MakeDirectory(operation.Path, transaction).ToString();
            case Kind.Remove:
                return store.Remove(operation.Path, transaction).ToString();
            default:
                return store.SetPermissions(operation.Path, [new(0, XenStoreAccess.None), new(operation.Value, XenStoreAccess.Read)], transaction).ToString();
        }
    }

    private static string Dump(XenStoreManagedConnection store, string path)
    {
        store.Read(path, out byte[] value);
        store.GetPermissions(path, out ImmutableArray<XenStorePermission> permissions);
        store.Directory(path, out ImmutableSortedSet<string> children);
        string below = string.Concat(children.Select(leaf => Dump(store, XenStorePath.Child(path, leaf))));
        return $"{path}={Convert.ToHexString(value)} {string.Join(',', permissions)}\n{below}";
    }

    private sealed record Operation(Kind Kind, string Path, int Value, string Result);
}
