using Dominion.Split;

namespace Dominion.Paravirt.Xen.Tests.XenBus;

/// <summary>A backend that does what a test tells it and keeps a record.</summary>
internal sealed class TestBackend : IBackend
{
    public IReadOnlyDictionary<string, string> FrontendKeys { get; } = new Dictionary<string, string> { ["virtual-device"] = "7" };

    public IReadOnlyDictionary<string, string> Features { get; } = new Dictionary<string, string> { ["feature-test"] = "1" };

    /// <summary>What happened, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What a connection does first.</summary>
    public Action<IFrontend>? OnConnect { get; set; }

    /// <summary>The frontend of the last connection.</summary>
    public IFrontend? Frontend { get; private set; }

    public IDisposable Connect(IFrontend frontend)
    {
        Calls.Add("connect");
        Frontend = frontend;
        OnConnect?.Invoke(frontend);
        return new Connection(this);
    }

    public void Dispose() => Calls.Add("dispose");

    private sealed class Connection(TestBackend backend) : IDisposable
    {
        public void Dispose() => backend.Calls.Add("disconnect");
    }
}
