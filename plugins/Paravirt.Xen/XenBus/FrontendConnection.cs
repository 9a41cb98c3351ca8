using System.Diagnostics.CodeAnalysis;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.EventChannels;
using Dominion.Split;

namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>One connection of a backend with its frontend. What the backend has mapped and bound through it ends with it. Used under the domain's device lock.</summary>
internal sealed class FrontendConnection : IFrontend, IDisposable
{
    private readonly BackendDevice _device;
    private readonly SplitDeviceHost _host;
    private readonly Lock _mappingsLock = new();
    private readonly HashSet<GrantMapping> _mappings = [];
    private readonly List<EventPort> _ports = [];
    private IDisposable? _backend;
    private bool _ended;

    /// <summary>Starts a connection without anything in it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="host">The frontend's domain.</param>
    public FrontendConnection(BackendDevice device, SplitDeviceHost host)
    {
        _device = device;
        _host = host;
    }

    /// <inheritdoc/>
    public bool Is64Bit => _host.Is64Bit;

    /// <summary>Lets the backend take the connection.</summary>
    /// <exception cref="FrontendException">It refuses.</exception>
    public void Open(IBackend backend) => _backend = backend.Connect(this);

    /// <inheritdoc/>
    public string? Read(string key) => _host.Store.ReadText($"{_device.FrontendPath}/{key}");

    /// <inheritdoc/>
    public void Write(string key, string value) => _host.Store.Write($"{_device.BackendPath}/{key}", value);

    /// <inheritdoc/>
    public bool TryMap(ReadOnlySpan<uint> references, bool writable, [NotNullWhen(true)] out IGrantedMemory? memory)
    {
        ArgumentOutOfRangeException.ThrowIfZero(references.Length, nameof(references));
        ObjectDisposedException.ThrowIf(_ended, this);
        memory = null;
        GrantedFrame[] frames = new GrantedFrame[references.Length];
        for (int i = 0; i < frames.Length; i++)
        {
            if (_host.Grants.TryBegin(references[i], writable, out frames[i]))
                continue;
            while (--i >= 0)
                _host.Grants.End(frames[i]);
            return false;
        }

        GrantMapping mapping = new(_host.Grants, frames, Forget);
        lock (_mappingsLock)
            _mappings.Add(mapping);
        memory = mapping;
        return true;
    }

    /// <inheritdoc/>
    public unsafe bool TryRead(uint reference, int offset, Span<byte> destination)
    {
        if (!IsInFrame(offset, destination.Length) || !TryBegin(reference, false, out GrantedFrame frame))
            return false;

        // Safe: inside the frame, which the use holds.
        new ReadOnlySpan<byte>(_host.Grants.Page(frame) + offset, destination.Length).CopyTo(destination);
        _host.Grants.End(frame);
        return true;
    }

    /// <inheritdoc/>
    public unsafe bool TryWrite(uint reference, int offset, ReadOnlySpan<byte> source)
    {
        if (!IsInFrame(offset, source.Length) || !TryBegin(reference, true, out GrantedFrame frame))
            return false;

        // Safe: as in TryRead.
        source.CopyTo(new Span<byte>(_host.Grants.Page(frame) + offset, source.Length));
        _host.Grants.NotifyWrite(frame, offset, source.Length);
        _host.Grants.End(frame);
        return true;
    }

    /// <inheritdoc/>
    public IEventPort Bind(uint port, Func<bool> onEvent)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        EventPort end = new(_host.ControlChannels, this, onEvent);
        XenError error = _host.ControlChannels.BindInterdomain(_host.Channels, _host.DomainId, port, out uint local, end.Schedule);
        if (error != XenError.Success)
            throw new FrontendException($"event channel {port} cannot be bound: {error}");
        end.Port = local;
        _ports.Add(end);
        return end;
    }

    /// <inheritdoc/>
    public void Fail(string reason) => _host.Post(() =>
    {
        if (!_ended)
            _device.Fail(reason);
    });

    /// <summary>Runs an action soon where the device is called.</summary>
    public void Post(Action action) => _host.Post(action);

    /// <summary>Runs a backend's handler.</summary>
    /// <returns>What it gives; false when the connection has ended, or now does because of the frontend.</returns>
    public bool Try(Func<bool> handler)
    {
        if (_ended)
            return false;
        try
        {
            return handler();
        }
        catch (FrontendException wrong)
        {
            _device.Fail(wrong.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ended)
            return;
        try
        {
            _backend?.Dispose();
        }
        finally
        {
            // Whatever the backend did, nothing of the frontend's is used any more.
            _ended = true;
            foreach (EventPort port in _ports)
                port.Dispose();
            GrantMapping[] left;
            lock (_mappingsLock)
                left = [.. _mappings];
            foreach (GrantMapping mapping in left)
                mapping.Dispose();
        }
    }

    private static bool IsInFrame(int offset, int length) => offset >= 0 && offset <= FrameRange.FrameSize && length <= FrameRange.FrameSize - offset;

    private bool TryBegin(uint reference, bool writable, out GrantedFrame frame)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        return _host.Grants.TryBegin(reference, writable, out frame);
    }

    private void Forget(GrantMapping mapping)
    {
        lock (_mappingsLock)
            _mappings.Remove(mapping);
    }
}
