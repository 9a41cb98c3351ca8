using System.Numerics;

namespace Dominion.Split;

/// <summary>
/// The backend's end of a ring in granted memory (xen/include/public/io/ring.h): requests and responses share the entries, each response taking the place
/// of an earlier request. Requests are copied out; indices are read once, checked, and the backend's own are kept here and never read back. Not safe from
/// several threads.
/// <code>
/// +0 req_prod u32   +4 req_event u32   +8 rsp_prod u32   +12 rsp_event u32   +64 entries, the most that fit, a power of two
/// </code>
/// </summary>
public sealed class BackendRing : IDisposable
{
    private const int RequestProducer = 0;
    private const int RequestEvent = 4;
    private const int ResponseProducer = 8;
    private const int ResponseEvent = 12;
    private const int FirstEntry = 64;

    private readonly IGrantedMemory _memory;
    private readonly uint _mask;
    private uint _taken;
    private uint _responded;
    private uint _published;

    /// <summary>Takes a ring over, from where a backend before this one left it.</summary>
    /// <param name="memory">The ring's pages; disposed with the ring.</param>
    /// <param name="entrySize">The size in bytes of the protocol's larger one of request and response.</param>
    /// <exception cref="FrontendException">The indices are impossible.</exception>
    public BackendRing(IGrantedMemory memory, int entrySize)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(entrySize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entrySize, memory.Length - FirstEntry);
        _memory = memory;
        EntrySize = entrySize;
        EntryCount = 1 << BitOperations.Log2((uint)((memory.Length - FirstEntry) / entrySize));
        _mask = (uint)EntryCount - 1;
        _taken = _responded = _published = memory.ReadUInt32(ResponseProducer);
        _ = RequestCount;
    }

    /// <summary>How many entries the ring has; a power of two.</summary>
    public int EntryCount { get; }

    /// <summary>The size of an entry in bytes.</summary>
    public int EntrySize { get; }

    /// <summary>How many requests wait. The frontend only ever adds to them.</summary>
    /// <exception cref="FrontendException">The frontend's index is further ahead than the ring is long.</exception>
    public int RequestCount
    {
        get
        {
            uint producer = _memory.ReadUInt32(RequestProducer);
            if (producer - _responded > (uint)EntryCount || producer - _responded < _taken - _responded)
                throw new FrontendException($"the ring's producer index {producer} is impossible: {_taken} requests were taken, {_responded} answered");
            return (int)(producer - _taken);
        }
    }

    /// <summary>Takes the next request.</summary>
    /// <param name="request">Takes a copy, of at most <see cref="EntrySize"/> bytes.</param>
    /// <returns>False when none waits.</returns>
    /// <exception cref="FrontendException">The frontend's index is further ahead than the ring is long.</exception>
    public bool TryTake(Span<byte> request)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Length, EntrySize);
        if (RequestCount == 0)
            return false;
        _memory.Read(Entry(_taken), request);
        _taken++;
        return true;
    }

    /// <summary>Adds the response to one of the requests that were taken; the frontend sees it after <see cref="Publish"/>.</summary>
    /// <param name="response">The response, of at most <see cref="EntrySize"/> bytes.</param>
    /// <exception cref="InvalidOperationException">Every request that was taken has been answered.</exception>
    public void Respond(ReadOnlySpan<byte> response)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(response.Length, EntrySize);
        if (_responded == _taken)
            throw new InvalidOperationException("a ring's request is answered twice");
        _memory.Write(Entry(_responded), response);
        _responded++;
    }

    /// <summary>Shows the frontend the responses so far.</summary>
    /// <returns>Whether the frontend wants an event for them.</returns>
    public bool Publish()
    {
        uint before = _published;
        if (before == _responded)
            return false;
        _published = _responded;
        _memory.WriteUInt32(ResponseProducer, _published);

        // The frontend sets its event index, then looks for responses; we do it the other way round, so that one of us sees the other.
        Interlocked.MemoryBarrier();
        return _published - _memory.ReadUInt32(ResponseEvent) < _published - before;
    }

    /// <summary>Asks for an event with the next request, before the backend stops looking.</summary>
    /// <returns>Whether a request came meanwhile: look again, an event may not come for it.</returns>
    /// <exception cref="FrontendException">The frontend's index is further ahead than the ring is long.</exception>
    public bool Arm()
    {
        if (RequestCount > 0)
            return true;
        _memory.WriteUInt32(RequestEvent, _taken + 1);
        Interlocked.MemoryBarrier();
        return RequestCount > 0;
    }

    /// <summary>Lets the pages go.</summary>
    public void Dispose() => _memory.Dispose();

    private int Entry(uint index) => FirstEntry + ((int)(index & _mask) * EntrySize);
}
