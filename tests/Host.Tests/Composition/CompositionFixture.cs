using System.Text;
using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Plugins;
using Dominion.Host.Tests.Composition.TestPlugin;

namespace Dominion.Host.Tests.Composition;

/// <summary>Composes manifests against the exports of this assembly.</summary>
public sealed class CompositionFixture : IDisposable
{
    public const string Valid =
        """
        machine:
          clock: virtual
          cpu: { core: x86, model: x86-64-v3, features: [avx, ready-extension] }
        services:
          root: { disk: images/root.img, overlay: true }
          lan0: { switch: {} }
        domains:
          - name: web
            type: bare
            memory: 256MiB
            vcpus: 2
            kernel: vmlinuz
            cmdline: console=ttyS0
            board: { test-board: { second-port: true } }
            slots:
              com2: none
            devices:
              - { test-nic: lan0, mac: "00:16:3e:00:00:01", queues: [ { length: 16 }, {} ], filters: [1, 0x10], mode: full-duplex }
              - plain
              - plain
          - { name: small, type: boardless, memory: 16MiB, cpu: { model: x86-64-v2, features: [-avx] } }

        """;

    public CompositionFixture()
    {
        Catalog = PluginCatalog.Discover(Array.Empty<string>());
        Catalog.AddAssembly(typeof(TestCoreFactory).Assembly);
    }

    public PluginCatalog Catalog { get; }

    public CompositionResult Compose(string text, params string[] overrides) => ComposeAs("/manifests/test.yaml", text, overrides);

    public CompositionResult ComposeAs(string path, string text, params string[] overrides) =>
        Composer.ComposeText(Encoding.UTF8.GetBytes(text), path, overrides, Catalog, new HostLimits(8UL << 30));

    /// <summary>The one diagnostic that a manifest gives.</summary>
    public Diagnostic Refuse(string text, params string[] overrides)
    {
        CompositionResult result = Compose(text, overrides);
        Assert.Null(result.Plan);
        return Assert.Single(result.Diagnostics);
    }

    public void Dispose() => Catalog.Dispose();
}
