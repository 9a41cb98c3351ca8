using System.Collections.Immutable;
using System.Globalization;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>Requests as the wire has them (docs/misc/xenstore.txt): takes a payload apart, asks the service, makes the reply. Under the service's lock.</summary>
internal static class XenStoreRequestHandler
{
    private static readonly byte[] Ok = XenStoreWire.Encode("OK");

    private delegate XenStoreError Handler(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply);

    // CONTROL is optional and its commands are each server's own: this one has none. A type without a handler is ENOSYS.
    private static readonly Dictionary<XenStoreMessageType, Handler> Handlers = new()
    {
        [XenStoreMessageType.Directory] = Directory,
        [XenStoreMessageType.DirectoryPart] = DirectoryPart,
        [XenStoreMessageType.Read] = Read,
        [XenStoreMessageType.GetPermissions] = GetPermissions,
        [XenStoreMessageType.SetPermissions] = SetPermissions,
        [XenStoreMessageType.Write] = Write,
        [XenStoreMessageType.MakeDirectory] = MakeDirectory,
        [XenStoreMessageType.Remove] = Remove,
        [XenStoreMessageType.Unwatch] = Unwatch,
        [XenStoreMessageType.ResetWatches] = ResetWatches,
        [XenStoreMessageType.TransactionStart] = TransactionStart,
        [XenStoreMessageType.TransactionEnd] = TransactionEnd,
        [XenStoreMessageType.GetDomainPath] = GetDomainPath,
        [XenStoreMessageType.IsDomainIntroduced] = IsDomainIntroduced,
        [XenStoreMessageType.SetTarget] = SetTarget,
        [XenStoreMessageType.Resume] = Resume,
        [XenStoreMessageType.Release] = Release,
    };

    /// <summary>Serves a request and queues its reply.</summary>
    /// <param name="service">The service.</param>
    /// <param name="connection">Who asks.</param>
    /// <param name="request">The request.</param>
    /// <returns>A domain to introduce without the lock, after which the reply is still to be made, or <see langword="null"/>.</returns>
    public static XenStoreIntroduction? Handle(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request)
    {
        if (request.Header.Type == XenStoreMessageType.Watch)
        {
            Watch(service, connection, request);
            return null;
        }

        if (request.Header.Type == XenStoreMessageType.Introduce)
            return Introduce(service, connection, request);

        byte[] reply = Ok;
        XenStoreError error = Handlers.TryGetValue(request.Header.Type, out Handler? handler)
            ? handler(service, connection, request, out reply)
            : XenStoreError.ENOSYS;
        connection.Reply(request.Header, error, reply);
        return null;
    }

    private static XenStoreError Directory(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = [];
        if (!request.TryOne(out string path))
            return XenStoreError.EINVAL;
        XenStoreError error = service.Directory(connection, request.Header.TransactionId, path, out ImmutableSortedSet<string> children, out _);
        reply = XenStoreWire.Encode(children);
        return error;
    }

    private static XenStoreError DirectoryPart(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = [];
        if (XenStoreWire.Decode(request.Payload) is not [string path, string offsetText]
            || !uint.TryParse(offsetText, NumberStyles.None, CultureInfo.InvariantCulture, out uint offset))
            return XenStoreError.EINVAL;
        XenStoreError error = service.Directory(connection, request.Header.TransactionId, path, out ImmutableSortedSet<string> children, out ulong generation);
        reply = XenStoreOperations.PartOf(children, generation, offset);
        return error;
    }

    private static XenStoreError Read(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = [];
        return request.TryOne(out string path) ? service.Read(connection, request.Header.TransactionId, path, out reply) : XenStoreError.EINVAL;
    }

    private static XenStoreError GetPermissions(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = [];
        if (!request.TryOne(out string path))
            return XenStoreError.EINVAL;
        XenStoreError error = service.GetPermissions(connection, request.Header.TransactionId, path, out ImmutableArray<XenStorePermission> permissions);
        reply = XenStoreWire.Encode(permissions.Select(permission => permission.ToString()));
        return error;
    }

    private static XenStoreError SetPermissions(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        if (XenStoreWire.Decode(request.Payload) is not [string path, .. { Count: > 0 } texts])
            return XenStoreError.EINVAL;
        ImmutableArray<XenStorePermission>.Builder permissions = ImmutableArray.CreateBuilder<XenStorePermission>(texts.Count);
        foreach (string text in texts)
        {
            if (!XenStorePermission.TryParse(text, out XenStorePermission permission))
                return XenStoreError.EINVAL;
            permissions.Add(permission);
        }

        return service.SetPermissions(connection, request.Header.TransactionId, path, permissions.MoveToImmutable());
    }

    private static XenStoreError Write(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        int end = request.Payload.IndexOf((byte)0);
        return end < 0
            ? XenStoreError.EINVAL
            : service.Write(connection, request.Header.TransactionId, XenStoreWire.Text.GetString(request.Payload[..end]), request.Payload[(end + 1)..].ToArray());
    }

    private static XenStoreError MakeDirectory(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        return request.TryOne(out string path) ? service.MakeDirectory(connection, request.Header.TransactionId, path) : XenStoreError.EINVAL;
    }

    private static XenStoreError Remove(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        return request.TryOne(out string path) ? service.Remove(connection, request.Header.TransactionId, path) : XenStoreError.EINVAL;
    }

    // The reply goes before the watch's first event.
    private static void Watch(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request)
    {
        XenStoreError error = XenStoreError.EINVAL;
        XenStoreWatch? watch = null;
        List<string> texts = XenStoreWire.Decode(request.Payload);
        if (texts is [string path, string token])
            error = service.AddWatch(connection, path, token, -1, out watch);
        else if (texts is [_, _, string depthText] && int.TryParse(depthText, NumberStyles.None, CultureInfo.InvariantCulture, out int depth))
            error = service.AddWatch(connection, texts[0], texts[1], depth, out watch);
        connection.Reply(request.Header, error, Ok);
        if (watch is not null)
            connection.Fire(watch, watch.Path);
    }

    private static XenStoreError Unwatch(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        return XenStoreWire.Decode(request.Payload) is [string path, string token]
            ? XenStoreService.RemoveWatch(connection, path, token)
            : XenStoreError.EINVAL;
    }

    private static XenStoreError ResetWatches(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        return XenStoreService.ResetWatches(connection);
    }

    private static XenStoreError TransactionStart(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = [];
        if (request.Header.TransactionId != 0)
            return connection.Transactions.ContainsKey(request.Header.TransactionId) ? XenStoreError.EBUSY : XenStoreError.ENOENT;
        XenStoreError error = service.StartTransaction(connection, out uint id);
        reply = XenStoreWire.Encode(id.ToString(CultureInfo.InvariantCulture));
        return error;
    }

    private static XenStoreError TransactionEnd(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        return request.TryOne(out string verdict) && verdict is "T" or "F"
            ? service.EndTransaction(connection, request.Header.TransactionId, verdict == "T")
            : XenStoreError.EINVAL;
    }

    private static XenStoreError GetDomainPath(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        bool valid = request.TryDomain(out int domain);
        reply = XenStoreWire.Encode(XenStorePath.OfDomain(domain));
        return valid ? XenStoreError.None : XenStoreError.EINVAL;
    }

    private static XenStoreError IsDomainIntroduced(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        bool introduced = false;
        XenStoreError error = OfControl(connection, request.TryDomain(out int domain));
        if (error == XenStoreError.None)
            error = service.IsIntroduced(connection, domain, out introduced);
        reply = XenStoreWire.Encode(introduced ? "T" : "F");
        return error;
    }

    private static XenStoreError SetTarget(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        int target = 0;
        int domain = 0;
        bool valid = XenStoreWire.Decode(request.Payload) is [string first, string second, ..]
            && XenStorePermission.TryParseDomain(first, out domain)
            && XenStorePermission.TryParseDomain(second, out target);
        XenStoreError error = OfControl(connection, valid);
        return error != XenStoreError.None ? error : service.SetTarget(connection, domain, target);
    }

    private static XenStoreError Resume(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        XenStoreError error = OfControl(connection, request.TryDomain(out int domain));
        return error != XenStoreError.None ? error : service.Resume(connection, domain);
    }

    private static XenStoreError Release(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request, out byte[] reply)
    {
        reply = Ok;
        XenStoreError error = OfControl(connection, request.TryDomain(out int domain));
        return error != XenStoreError.None ? error : service.Release(connection, domain);
    }

    // A GFN is signed decimal (docs/misc/xenstore.txt).
    private static XenStoreIntroduction? Introduce(XenStoreService service, XenStoreRingConnection connection, in XenStoreRequest request)
    {
        int domain = 0;
        long frame = 0;
        uint port = 0;
        bool valid = XenStoreWire.Decode(request.Payload) is [string domainText, string frameText, string portText, ..]
            && XenStorePermission.TryParseDomain(domainText, out domain)
            && domain < XenStorePermission.FirstReserved
            && long.TryParse(frameText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out frame)
            && uint.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port != 0;
        XenStoreError error = OfControl(connection, valid);
        if (error == XenStoreError.None && domain == service.ControlDomain)
            error = XenStoreError.EINVAL;
        if (error == XenStoreError.None && !service.ResetIntroduced(domain))
        {
            if (service.Introducer is not null)
                return new XenStoreIntroduction(request.Header, domain, frame, port);
            error = XenStoreError.EINVAL;
        }

        connection.Reply(request.Header, error, Ok);
        return null;
    }

    // A domain without the right is told so before its payload is looked at.
    private static XenStoreError OfControl(XenStoreRingConnection connection, bool valid) =>
        !connection.Owner.Privileged ? XenStoreError.EACCES : valid ? XenStoreError.None : XenStoreError.EINVAL;
}
