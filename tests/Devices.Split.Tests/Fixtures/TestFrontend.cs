using System.Diagnostics.CodeAnalysis;
using Dominion.Split;

namespace Dominion.Devices.Split.Tests.Fixtures;

/// <summary>A frontend's keys, granted pages and event channels, without a guest.</summary>
internal sealed class TestFrontend : IFrontend
{
    private const int PageSize = 4096;
    private const int MostTurns = 10_000;
    private readonly Dictionary<uint, Func<bool>> _handlers = [];
    private readonly HashSet<uint> _due = [];

    /// <summary>What the frontend has written.</summary>
    public Dictionary<string, string> Keys { get; } = [];

    /// <summary>What the backend has written.</summary>
    public Dictionary<string, string> BackendKeys { get; } = [];

    /// <summary>The granted pages.</summary>
    public Dictionary<uint, byte[]> Pages { get; } = [];

    /// <summary>Those of the grants that forbid writing.</summary>
    public HashSet<uint> ReadOnly { get; } = [];

    /// <summary>How many mappings there are now.</summary>
    public int Mapped { get; private set; }

    /// <summary>How many events the backend has sent, by port.</summary>
    public Dictionary<uint, int> Events { get; } = [];

    /// <summary>Why the connection is closed, if it is.</summary>
    public string? Failure { get; private set; }

    public bool Is64Bit { get; set; } = true;

    /// <summary>Grants a page of zeros.</summary>
    public byte[] Grant(uint reference) => Pages[reference] = new byte[PageSize];

    /// <summary>The pages of a ring, as the frontend sees them.</summary>
    public TestMemory View(params uint[] references) => new([.. references.Select(reference => Pages[reference])], true, () => { });

    /// <summary>Sends an event to the backend.</summary>
    public void Send(uint port)
    {
        if (_handlers.ContainsKey(port))
            _due.Add(port);
        Run();
    }

    /// <summary>Lets the backend handle its events, as the framework does.</summary>
    public void Run()
    {
        for (int i = 0; Failure is null && _due.Count > 0; i++)
        {
            Assert.True(i < MostTurns, "the backend never comes to an end");
            uint port = _due.First();
            _due.Remove(port);
            try
            {
                if (_handlers.TryGetValue(port, out Func<bool>? handler) && handler())
                    _due.Add(port);
            }
            catch (FrontendException wrong)
            {
                Failure = wrong.Message;
            }
        }
    }

    public string? Read(string key) => Keys.GetValueOrDefault(key);

    public void Write(string key, string value) => BackendKeys[key] = value;

    public bool TryMap(ReadOnlySpan<uint> references, bool writable, [NotNullWhen(true)] out IGrantedMemory? memory)
    {
        memory = null;
        foreach (uint reference in references)
        {
            if (!Allows(reference, writable))
                return false;
        }

        Mapped++;
        memory = new TestMemory([.. references.ToArray().Select(reference => Pages[reference])], writable, () => Mapped--);
        return true;
    }

    public bool TryRead(uint reference, int offset, Span<byte> destination)
    {
        if (!Allows(reference, false) || offset < 0 || destination.Length > PageSize - offset)
            return false;
        Pages[reference].AsSpan(offset, destination.Length).CopyTo(destination);
        return true;
    }

    public bool TryWrite(uint reference, int offset, ReadOnlySpan<byte> source)
    {
        if (!Allows(reference, true) || offset < 0 || source.Length > PageSize - offset)
            return false;
        source.CopyTo(Pages[reference].AsSpan(offset));
        return true;
    }

    public IEventPort Bind(uint port, Func<bool> onEvent)
    {
        if (port == 0 || !_handlers.TryAdd(port, onEvent))
            throw new FrontendException($"port {port}");
        _due.Add(port);
        return new Port(this, port);
    }

    public void Fail(string reason) => Failure ??= reason;

    private bool Allows(uint reference, bool writable) => Pages.ContainsKey(reference) && !(writable && ReadOnly.Contains(reference));

    private sealed class Port(TestFrontend frontend, uint port) : IEventPort
    {
        public void Notify() => frontend.Events[port] = frontend.Events.GetValueOrDefault(port) + 1;

        public void Dispose() => frontend._handlers.Remove(port);
    }
}
