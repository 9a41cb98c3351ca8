using System.Collections.Immutable;
using Dominion.Persistence;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>
/// XenStore: the machine's one tree of small values through which domains, toolstack and drivers agree on things (docs/misc/xenstore.txt,
/// xen/include/public/io/xs_wire.h). Guests reach it over a ring, .NET code by calls. Thread-safe.
/// </summary>
/// <remarks>
/// Lock order: the one lock is a leaf. Watch callbacks, the rings' notifications and the introducer run without it, on the thread whose call made them
/// due; so a caller must not hold a lock that one of them takes.
/// </remarks>
internal sealed partial class XenStoreService : IPersistent
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, XenStoreDomain> _domains = [];
    private readonly List<XenStoreConnection> _ready = [];
    private readonly HashSet<XenStoreConnection> _readySet = [];
    private readonly XenStoreTree _tree;

    /// <summary>Makes a store with an empty tree that the control domain is introduced to.</summary>
    /// <param name="controlDomain">The domain that may do everything.</param>
    /// <param name="quota">What every other domain may use.</param>
    /// <param name="introducer">
    /// Serves INTRODUCE from a control domain that is a guest: takes the domain, the ring page's GFN and the event channel's port, and calls
    /// <see cref="Introduce(int, byte*, Action)"/>. Without it INTRODUCE of a domain that is not introduced is <see cref="XenStoreError.EINVAL"/>.
    /// </param>
    public XenStoreService(int controlDomain = 0, XenStoreQuota? quota = null, Func<int, long, uint, XenStoreError>? introducer = null)
    {
        ControlDomain = controlDomain;
        Quota = quota ?? new XenStoreQuota();
        Introducer = introducer;
        _tree = new XenStoreTree(controlDomain);
        _domains[controlDomain] = new XenStoreDomain { Id = controlDomain, Privileged = true };
    }

    /// <summary>The domain that may do everything.</summary>
    public int ControlDomain { get; }

    /// <summary>What every other domain may use.</summary>
    public XenStoreQuota Quota { get; }

    /// <summary>Serves INTRODUCE from the wire.</summary>
    internal Func<int, long, uint, XenStoreError>? Introducer { get; }

    /// <summary>Introduces a domain without a ring: a managed one, or one whose ring comes later. Fires @introduceDomain. A domain that is introduced stays as it is.</summary>
    /// <param name="domain">The domain's id.</param>
    public void Introduce(int domain)
    {
        using XenStoreHold hold = Hold();
        AddDomain(domain);
    }

    /// <summary>
    /// Introduces a guest with its ring and sets the page's indices, features, connection and error words. Fires @introduceDomain if the domain is new;
    /// a ring that the domain has already is closed.
    /// </summary>
    /// <param name="domain">The domain's id.</param>
    /// <param name="page">The shared page, 4096 bytes that stay mapped until the ring is closed: by <see cref="Destroy"/>, RELEASE or another Introduce.</param>
    /// <param name="notify">Sends the guest's event channel. Called without locks, from any thread, once more perhaps just after the ring was closed.</param>
    /// <returns>The ring, whose <see cref="XenStoreRingConnection.OnEvent"/> the event channel's other end calls.</returns>
    public unsafe XenStoreRingConnection Introduce(int domain, byte* page, Action notify)
    {
        using XenStoreHold hold = Hold();
        XenStoreDomain owner = AddDomain(domain);
        RingOf(owner)?.End();
        XenStoreRingConnection ring = new(this, owner);
        owner.Connections.Add(ring);
        ring.Attach(page, notify, reset: true);
        return ring;
    }

    /// <summary>Gives a ring that was restored its page, whose content was restored with the domain's memory.</summary>
    /// <param name="domain">The domain's id.</param>
    /// <param name="page">As for <see cref="Introduce(int, byte*, Action)"/>.</param>
    /// <param name="notify">As for <see cref="Introduce(int, byte*, Action)"/>.</param>
    /// <returns>The ring.</returns>
    /// <exception cref="InvalidOperationException">The domain has no ring.</exception>
    public unsafe XenStoreRingConnection Reattach(int domain, byte* page, Action notify)
    {
        using XenStoreHold hold = Hold();
        XenStoreRingConnection ring = (_domains.TryGetValue(domain, out XenStoreDomain? owner) ? RingOf(owner) : null)
            ?? throw new InvalidOperationException($"domain {domain} has no XenStore ring");
        ring.Attach(page, notify, reset: false);
        MarkReady(ring);
        return ring;
    }

    /// <summary>Connects .NET code as a domain. After a restore, the first connection of the same domain and name that has no code yet continues.</summary>
    /// <param name="domain">The domain's id; introduced, as the control domain always is.</param>
    /// <param name="onEvent">
    /// Takes watch events, one at a time and in order, without locks, on the thread whose change fired the watch; it may call the store. It should be
    /// short. Without it events are dropped.
    /// </param>
    /// <param name="name">Tells the connections of one domain apart in a saved state.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="InvalidOperationException">The domain is not introduced.</exception>
    public XenStoreManagedConnection Connect(int domain, Action<XenStoreEvent>? onEvent = null, string name = "")
    {
        using XenStoreHold hold = Hold();
        if (!_domains.TryGetValue(domain, out XenStoreDomain? owner))
            throw new InvalidOperationException($"domain {domain} is not introduced to XenStore");
        XenStoreManagedConnection? connection = owner.Connections.OfType<XenStoreManagedConnection>().FirstOrDefault(found => !found.Attached && found.Name == name);
        if (connection is null)
        {
            connection = new XenStoreManagedConnection(this, owner, name);
            owner.Connections.Add(connection);
        }

        connection.Attach(onEvent);
        MarkReady(connection);
        return connection;
    }

    /// <summary>
    /// Forgets a domain that is gone: closes its connections with their watches and transactions, removes the nodes that it owns with all below them,
    /// takes it out of the other nodes' permissions, and fires @releaseDomain. <c>/local/domain/N</c>, which the control domain owns, stays until the
    /// toolstack removes it. The ring's page is not touched any more after this.
    /// </summary>
    /// <param name="domain">The domain's id, not the control domain's; one that is not introduced is left alone.</param>
    public void Destroy(int domain)
    {
        using XenStoreHold hold = Hold();
        RemoveDomain(domain);
    }

    /// <summary>Fires @releaseDomain for a domain that was shut down and is still there; once, until RESUME.</summary>
    /// <param name="domain">The domain's id.</param>
    public void NotifyShutdown(int domain)
    {
        using XenStoreHold hold = Hold();
        if (!_domains.TryGetValue(domain, out XenStoreDomain? found) || found.ShutDown)
            return;
        found.ShutDown = true;
        FireSpecial(XenStorePath.ReleaseDomain, domain);
    }

    /// <summary>The tree's nodes. Under the lock.</summary>
    internal ImmutableDictionary<string, XenStoreNode> TreeNodes => _tree.Nodes;

    /// <summary>Takes the lock.</summary>
    /// <returns>What lets it go.</returns>
    internal XenStoreHold Hold()
    {
        _gate.Enter();
        return new XenStoreHold(this);
    }

    /// <summary>Lets the lock go and delivers what became ready under it.</summary>
    internal void LetGo()
    {
        XenStoreConnection[] ready = [.. _ready];
        _ready.Clear();
        _readySet.Clear();
        _gate.Exit();
        foreach (XenStoreConnection connection in ready)
            connection.Deliver();
    }

    /// <summary>Has a connection deliver when the lock is let go. Under the lock.</summary>
    /// <param name="connection">The connection.</param>
    internal void MarkReady(XenStoreConnection connection)
    {
        if (_readySet.Add(connection))
            _ready.Add(connection);
    }

    private static XenStoreRingConnection? RingOf(XenStoreDomain domain) => domain.Connections.OfType<XenStoreRingConnection>().FirstOrDefault();

    private XenStoreDomain AddDomain(int domain)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(domain);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(domain, XenStorePermission.FirstReserved);
        if (_domains.TryGetValue(domain, out XenStoreDomain? known))
            return known;
        XenStoreDomain added = new() { Id = domain, Privileged = domain == ControlDomain };
        _domains[domain] = added;
        FireSpecial(XenStorePath.IntroduceDomain, domain);
        return added;
    }

    private XenStoreError RemoveDomain(int domain)
    {
        if (domain == ControlDomain)
            return XenStoreError.EINVAL;
        if (!_domains.Remove(domain, out XenStoreDomain? removed))
            return XenStoreError.ENOENT;
        while (removed.Connections is [.., XenStoreConnection last])
            last.End();
        foreach (XenStoreDomain other in _domains.Values.Where(other => other.Target == domain))
            other.Target = -1;
        ForgetOwner(domain);
        FireSpecial(XenStorePath.ReleaseDomain, domain);
        return XenStoreError.None;
    }

    private void ForgetOwner(int domain)
    {
        XenStoreTransaction transaction = new(_tree, 0, int.MaxValue);
        foreach (string path in _tree.Nodes.Keys.Order(StringComparer.Ordinal))
        {
            if (!transaction.Nodes.TryGetValue(path, out XenStoreNode? node) || !node.Permissions.Any(permission => permission.Domain == domain))
                continue;
            if (node.Owner == domain && path != XenStorePath.Root && path[0] == '/')
            {
                transaction.Remove(path);
                transaction.Note(new XenStoreChange(path, true));
                continue;
            }

            XenStorePermission owner = node.Owner == domain ? node.Permissions[0] with { Domain = ControlDomain } : node.Permissions[0];
            transaction.SetContent(path, node.Value, [owner, .. node.Permissions.Skip(1).Where(permission => permission.Domain != domain)]);
        }

        Commit(transaction);
    }

    private void Commit(XenStoreTransaction transaction)
    {
        ImmutableDictionary<string, XenStoreNode> before = _tree.Nodes;
        _tree.Apply(transaction);
        foreach (XenStoreChange change in transaction.Changes)
            Fire(change, before, _tree.Nodes);
    }

    private void Fire(XenStoreChange change, ImmutableDictionary<string, XenStoreNode> before, ImmutableDictionary<string, XenStoreNode> after)
    {
        foreach (XenStoreDomain domain in _domains.Values)
        {
            foreach (XenStoreConnection connection in domain.Connections)
            {
                foreach (XenStoreWatch watch in connection.Watches)
                {
                    // A watch below what was removed is told its own path, be there a node or not.
                    bool below = change.Removed && change.Path != watch.Path && XenStorePath.IsWithin(watch.Path, change.Path);
                    if (!below && !XenStorePath.IsWithin(change.Path, watch.Path, watch.Depth))
                        continue;
                    string path = below ? watch.Path : change.Path;
                    if (domain.Privileged || Sees(domain, path, before, below) || Sees(domain, path, after, false))
                        connection.Fire(watch, path);
                }
            }
        }
    }

    // A client is told of nodes that it may read now or could before, and of the children of such nodes.
    private static bool Sees(XenStoreDomain domain, string path, ImmutableDictionary<string, XenStoreNode> nodes, bool nearest)
    {
        XenStoreNode? node;
        while (!nodes.TryGetValue(path, out node))
        {
            if (!nearest || path == XenStorePath.Root)
                return false;
            path = XenStorePath.ParentOf(path);
        }

        return domain.AccessTo(node.Permissions).HasFlag(XenStoreAccess.Read)
            || (nodes.TryGetValue(XenStorePath.ParentOf(path), out XenStoreNode? parent) && domain.AccessTo(parent.Permissions).HasFlag(XenStoreAccess.Read));
    }

    private void FireSpecial(string name, int which)
    {
        ImmutableArray<XenStorePermission> permissions = _tree.Nodes[name].Permissions;
        string named = FormattableString.Invariant($"{name}/{which}");
        foreach (XenStoreDomain domain in _domains.Values)
        {
            if (!domain.AccessTo(permissions).HasFlag(XenStoreAccess.Read))
                continue;
            foreach (XenStoreConnection connection in domain.Connections)
            {
                foreach (XenStoreWatch watch in connection.Watches)
                {
                    if (watch.Path == name && watch.Depth < 0)
                        connection.Fire(watch, name);
                    else if (watch.Path == named || (watch.Path == name && watch.Depth == 1))
                        connection.Fire(watch, named);
                }
            }
        }
    }
}
