namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>
/// A guest's connection over the shared page (xen/include/public/io/xs_wire.h, docs/misc/xenstore-ring.txt). The guest may change the page at any time:
/// each index is read once and checked, each message is copied before it is looked at, and the server's own indices are kept here and only ever written
/// to the page. Indices that make no sense and payloads that are too long stop the connection with the page's error word until the guest asks for a
/// reconnect.
/// </summary>
internal sealed unsafe class XenStoreRingConnection : XenStoreConnection
{
    // A guest that refills its ring as fast as it is emptied must not keep a thread for ever.
    private const int StepsPerEvent = 256;
    private const int BytesPerFlush = 16 * XenStoreRingLayout.RingSize;

    private readonly byte[] _input = new byte[XenStoreMessageHeader.Size + XenStoreWire.PayloadMaximum];
    private byte* _page;
    private Action? _notify;

    internal XenStoreRingConnection(XenStoreService service, XenStoreDomain domain)
        : base(service, domain)
    {
    }

    /// <summary>Why the ring is not served, if it is not.</summary>
    public XenStoreRingError Error { get; private set; }

    /// <summary>The index of the next byte of requests.</summary>
    internal uint RequestConsumer { get; private set; }

    /// <summary>The index of the next byte of responses.</summary>
    internal uint ResponseProducer { get; private set; }

    /// <summary>The bytes of a request that is not whole yet.</summary>
    internal ReadOnlySpan<byte> PartialRequest => _input.AsSpan(0, InputLength);

    private int InputLength { get; set; }

    private int Outstanding { get; set; }

    /// <summary>
    /// Serves the ring: what the event channel's other end calls when the guest sends the event. Takes requests, answers them, puts what waits into the
    /// room there is, and notifies the guest if the ring changed. May be called from any thread and for nothing.
    /// </summary>
    /// <returns>
    /// Whether the guest kept the ring busy for so long that the call gave up: the guest need not send another event then, so the caller calls again
    /// when it suits.
    /// </returns>
    public bool OnEvent()
    {
        bool notify = false;
        bool progress = true;
        for (int step = 0; progress && step < StepsPerEvent; step++)
        {
            XenStoreIntroduction? introduction = null;
            using (Service.Hold())
                progress = Step(ref notify, ref introduction);
            if (introduction is not null)
                Introduce(introduction);
        }

        if (notify)
            _notify?.Invoke();
        return progress;
    }

    /// <summary>Queues a reply. Under the service's lock.</summary>
    /// <param name="request">The request's header.</param>
    /// <param name="error">The error.</param>
    /// <param name="payload">The payload if there is none.</param>
    internal void Reply(in XenStoreMessageHeader request, XenStoreError error, byte[] payload)
    {
        if (Closed || Error != XenStoreRingError.None)
            return;
        if (error == XenStoreError.None && payload.Length > XenStoreWire.PayloadMaximum)
            error = XenStoreError.E2BIG;
        XenStoreMessageType type = request.Type;
        if (error != XenStoreError.None)
        {
            type = XenStoreMessageType.Error;
            payload = XenStoreWire.Encode(error.ToString());
        }

        Outgoing.AddLast(new XenStoreOutgoing { Message = Message(new XenStoreMessageHeader(type, request.RequestId, request.TransactionId, (uint)payload.Length), payload) });
        Outstanding++;
    }

    internal void Attach(byte* page, Action notify, bool reset)
    {
        _page = page;
        _notify = notify;
        if (reset)
        {
            ResetPage();
            return;
        }

        // The page's own copies are as the saved guest left them.
        Volatile.Write(ref Word(XenStoreRingLayout.Features), (uint)XenStoreFeatures.All);
        Volatile.Write(ref Word(XenStoreRingLayout.RequestConsumer), RequestConsumer);
        Volatile.Write(ref Word(XenStoreRingLayout.ResponseProducer), ResponseProducer);
    }

    /// <summary>Starts the connection anew, at a message's boundary. Under the service's lock.</summary>
    internal void Reconnect()
    {
        Reset();
        if (_page is not null)
            ResetPage();
        Service.MarkReady(this);
    }

    internal override void Reset()
    {
        base.Reset();
        InputLength = 0;
        Outstanding = 0;
        Error = XenStoreRingError.None;
    }

    internal override void End()
    {
        base.End();
        _page = null;
    }

    internal override void Deliver()
    {
        bool notify = false;
        bool more = true;
        while (more)
        {
            using (Service.Hold())
                more = !Closed && _page is not null && Error == XenStoreRingError.None && Flush(ref notify);
        }

        if (notify)
            _notify?.Invoke();
    }

    internal void ReloadRing(uint requestConsumer, uint responseProducer, XenStoreRingError error, ReadOnlySpan<byte> partialRequest)
    {
        RequestConsumer = requestConsumer;
        ResponseProducer = responseProducer;
        Error = error;
        partialRequest.CopyTo(_input);
        InputLength = partialRequest.Length;
        Outstanding = Outgoing.Count(entry => entry.Watch is null);
    }

    private static byte[] Message(in XenStoreMessageHeader header, ReadOnlySpan<byte> payload)
    {
        byte[] message = new byte[XenStoreMessageHeader.Size + payload.Length];
        header.Write(message);
        payload.CopyTo(message.AsSpan(XenStoreMessageHeader.Size));
        return message;
    }

    private static byte[] EventMessage(XenStoreWatch watch, string path)
    {
        byte[] payload = XenStoreWire.Encode(watch.PathFor(path), watch.Token);
        return Message(new XenStoreMessageHeader(XenStoreMessageType.WatchEvent, 0, 0, (uint)payload.Length), payload);
    }

    private void Introduce(XenStoreIntroduction introduction)
    {
        XenStoreError error = Service.Introducer!(introduction.Domain, introduction.Frame, introduction.Port);
        using XenStoreHold hold = Service.Hold();
        Reply(introduction.Request, error, XenStoreWire.Encode("OK"));
    }

    // Safe: _page is set under the lock to 4096 mapped bytes, cleared under it before the owner may unmap them, and only used under it; offsets are
    // constants of the layout or masked to a ring.
    private ref uint Word(int offset) => ref *(uint*)(_page + offset);

    private void ResetPage()
    {
        RequestConsumer = 0;
        ResponseProducer = 0;
        foreach (int offset in (int[])[
            XenStoreRingLayout.RequestConsumer,
            XenStoreRingLayout.RequestProducer,
            XenStoreRingLayout.ResponseConsumer,
            XenStoreRingLayout.ResponseProducer,
            XenStoreRingLayout.Error,
        ])
            Volatile.Write(ref Word(offset), 0);
        Volatile.Write(ref Word(XenStoreRingLayout.Features), (uint)XenStoreFeatures.All);

        // Last: a guest that waits for it trusts all the other words then.
        Volatile.Write(ref Word(XenStoreRingLayout.Connection), XenStoreRingLayout.Connected);
    }

    private void Fail(XenStoreRingError error)
    {
        Reset();
        Error = error;
        Volatile.Write(ref Word(XenStoreRingLayout.Error), (uint)error);
    }

    // One message at most, so that other clients get the lock in between.
    private bool Step(ref bool notify, ref XenStoreIntroduction? introduction)
    {
        if (Closed || _page is null)
            return false;
        if (Volatile.Read(ref Word(XenStoreRingLayout.Connection)) == XenStoreRingLayout.Reconnect)
        {
            Reset();
            ResetPage();
            notify = true;
            return true;
        }

        if (Error != XenStoreRingError.None)
            return false;
        bool before = notify;
        notify = false;
        Flush(ref notify);
        bool progress = notify;
        notify |= before;
        if (Error != XenStoreRingError.None || Outstanding >= Service.Quota.OutstandingRequests)
            return progress && Error == XenStoreRingError.None;

        int had = InputLength;
        if (!Take(XenStoreMessageHeader.Size, ref notify) || InputLength < XenStoreMessageHeader.Size)
            return progress || InputLength != had;
        XenStoreMessageHeader header = XenStoreMessageHeader.Read(_input);
        if (header.Length > XenStoreWire.PayloadMaximum)
        {
            Fail(XenStoreRingError.Protocol);
            notify = true;
            return false;
        }

        int size = XenStoreMessageHeader.Size + (int)header.Length;
        if (!Take(size, ref notify) || InputLength < size)
            return progress || InputLength != had;
        InputLength = 0;
        introduction = XenStoreRequestHandler.Handle(Service, this, new XenStoreRequest(header, _input.AsSpan(XenStoreMessageHeader.Size, (int)header.Length)));
        return true;
    }

    // Copies requests' bytes until the message has so many, or the ring is empty. False if the connection failed.
    private bool Take(int size, ref bool notify)
    {
        while (InputLength < size)
        {
            uint available = Volatile.Read(ref Word(XenStoreRingLayout.RequestProducer)) - RequestConsumer;
            if (available > XenStoreRingLayout.RingSize)
            {
                Fail(XenStoreRingError.RingIndex);
                notify = true;
                return false;
            }

            if (available == 0)
                return true;
            int start = (int)(RequestConsumer % XenStoreRingLayout.RingSize);
            int count = Math.Min(Math.Min(size - InputLength, (int)available), XenStoreRingLayout.RingSize - start);
            new ReadOnlySpan<byte>(_page + XenStoreRingLayout.Requests + start, count).CopyTo(_input.AsSpan(InputLength));
            InputLength += count;
            RequestConsumer += (uint)count;
            notify = true;

            // The guest sends an event only if it finds its ring empty after it has written: the index must be out before the producer is read again.
            Interlocked.Exchange(ref Word(XenStoreRingLayout.RequestConsumer), RequestConsumer);
        }

        return true;
    }

    // Puts messages into the room there is. True if there is more to put and room may be left.
    private bool Flush(ref bool notify)
    {
        int budget = BytesPerFlush;
        while (Outgoing.First is LinkedListNode<XenStoreOutgoing> head)
        {
            if (budget <= 0)
                return true;
            XenStoreOutgoing entry = head.Value;
            entry.Message ??= EventMessage(entry.Watch!, entry.Path!);
            uint used = ResponseProducer - Volatile.Read(ref Word(XenStoreRingLayout.ResponseConsumer));
            if (used > XenStoreRingLayout.RingSize)
            {
                Fail(XenStoreRingError.RingIndex);
                notify = true;
                return false;
            }

            int start = (int)(ResponseProducer % XenStoreRingLayout.RingSize);
            int room = Math.Min(XenStoreRingLayout.RingSize - (int)used, XenStoreRingLayout.RingSize - start);
            int count = Math.Min(entry.Message.Length - entry.Sent, room);
            if (count == 0)
                return false;
            entry.Message.AsSpan(entry.Sent, count).CopyTo(new Span<byte>(_page + XenStoreRingLayout.Responses + start, count));
            entry.Sent += count;
            budget -= count;
            ResponseProducer += (uint)count;
            notify = true;

            // The guest sends an event only if it finds the ring full after it has read: the index must be out before the consumer is read again.
            Interlocked.Exchange(ref Word(XenStoreRingLayout.ResponseProducer), ResponseProducer);
            if (entry.Sent < entry.Message.Length)
                continue;
            Outgoing.Remove(head);
            if (entry.Watch is null)
                Outstanding--;
            Delivered(entry);
        }

        return false;
    }
}
