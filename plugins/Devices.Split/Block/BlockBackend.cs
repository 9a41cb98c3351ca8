using System.Globalization;
using Dominion.Services;
using Dominion.Split;

namespace Dominion.Devices.Split.Block;

/// <summary>The backend of one virtual disk before a block store.</summary>
internal sealed class BlockBackend : IBackend
{
    private readonly IBlockStore _store;
    private readonly VirtualBlockOptions _options;

    /// <summary>Puts a backend before a store.</summary>
    /// <param name="store">The disk's content.</param>
    /// <param name="options">The device's options.</param>
    /// <param name="number">The device's number.</param>
    public BlockBackend(IBlockStore store, VirtualBlockOptions options, int number)
    {
        _store = store;
        _options = options;
        string kind = options.Kind == DiskKind.Cdrom ? "cdrom" : "disk";
        FrontendKeys = new Dictionary<string, string>
        {
            ["virtual-device"] = Text(number),
            ["device-type"] = kind,
        };
        Features = new Dictionary<string, string>
        {
            ["dev"] = options.Target ?? VirtualDevice.NameOfNumber(number),
            ["mode"] = IsReadOnly ? "r" : "w",
            ["device-type"] = kind,
            ["removable"] = options.Kind == DiskKind.Cdrom ? "1" : "0",
            ["max-ring-page-order"] = Text(options.RingPageOrder),
            ["multi-queue-max-queues"] = Text(options.Queues),
            ["feature-max-indirect-segments"] = Text(BlockProtocol.MostIndirectSegments),
            ["feature-persistent"] = options.PersistentGrants ? "1" : "0",
            ["feature-flush-cache"] = IsReadOnly ? "0" : "1",
            ["feature-barrier"] = IsReadOnly ? "0" : "1",
            ["feature-discard"] = IsReadOnly ? "0" : "1",
            ["discard-granularity"] = Text(store.SectorSize),
            ["discard-alignment"] = "0",
            ["discard-secure"] = "0",
        };
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> FrontendKeys { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Features { get; }

    private bool IsReadOnly => _options.Mode == DiskMode.Ro || _options.Kind == DiskKind.Cdrom || _store.IsReadOnly;

    /// <inheritdoc/>
    public IDisposable Connect(IFrontend frontend)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        BlockLayout layout = ReadLayout(frontend);
        uint queues = frontend.ReadNumber("multi-queue-num-queues", 1);
        if (queues == 0 || queues > (uint)_options.Queues)
            throw new FrontendException($"'multi-queue-num-queues' is {queues}; from 1 to {_options.Queues} are offered");
        uint order = frontend.ReadNumber("ring-page-order", 0);
        if (order > (uint)_options.RingPageOrder)
            throw new FrontendException($"'ring-page-order' is {order}; up to {_options.RingPageOrder} is offered");
        bool isPersistent = _options.PersistentGrants && frontend.ReadNumber("feature-persistent", 0) == 1;
        GuestBuffer buffer = new(frontend, isPersistent);
        BlockExecutor executor = new(_store, buffer, layout, IsReadOnly);
        BlockConnection connection = new(buffer);
        for (uint i = 0; i < queues; i++)
        {
            string folder = queues == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"queue-{i}/");
            connection.Add(new BlockQueue(frontend, folder, 1 << (int)order, layout, executor));
        }

        WriteProperties(frontend);
        return connection;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The store is the machine's.
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // xen/include/public/io/protocols.h.
    private static BlockLayout ReadLayout(IFrontend frontend) => frontend.Read("protocol") switch
    {
        null => frontend.Is64Bit ? BlockLayout.Bits64 : BlockLayout.Bits32,
        "x86_64-abi" => BlockLayout.Bits64,
        "x86_32-abi" => BlockLayout.Bits32,
        _ => throw new FrontendException("'protocol' names an ABI that this backend does not speak"),
    };

    private void WriteProperties(IFrontend frontend)
    {
        uint info = (IsReadOnly ? BlockProtocol.InfoReadOnly : 0)
            | (_options.Kind == DiskKind.Cdrom ? BlockProtocol.InfoCdrom | BlockProtocol.InfoRemovable : 0);
        frontend.Write("sectors", (_store.Length >> BlockProtocol.SectorShift).ToString(CultureInfo.InvariantCulture));
        frontend.Write("info", Text(info));
        frontend.Write("sector-size", Text(_store.SectorSize));
        frontend.Write("physical-sector-size", Text(_store.SectorSize));
    }
}
