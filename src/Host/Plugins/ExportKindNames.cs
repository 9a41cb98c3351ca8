using Dominion.Cpu;
using Dominion.Devices;
using Dominion.Domains;
using Dominion.Plugins;
using Dominion.Services;
using Dominion.Split;
using Dominion.Tools;

namespace Dominion.Host.Plugins;

/// <summary>How messages call the kinds of exports, and which contract each kind has.</summary>
public static class ExportKindNames
{
    /// <summary>The kind's name in messages, such as <c>domain type</c>.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The name.</returns>
    public static string Of(ExportKind kind) => kind switch
    {
        ExportKind.CpuCore => "CPU core",
        ExportKind.Extension => "extension",
        ExportKind.DomainType => "domain type",
        ExportKind.Board => "board",
        ExportKind.Device => "device",
        ExportKind.Backend => "backend",
        ExportKind.Frontend => "frontend",
        ExportKind.Service => "service",
        _ => "tool",
    };

    /// <summary>The contract that an exporting class of the kind implements.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The interface.</returns>
    public static Type Contract(ExportKind kind) => kind switch
    {
        ExportKind.CpuCore => typeof(ICpuCoreFactory),
        ExportKind.Extension => typeof(ICpuExtensionFactory),
        ExportKind.DomainType => typeof(IDomainTypeFactory),
        ExportKind.Board => typeof(IBoardFactory),
        ExportKind.Device => typeof(IDeviceFactory),
        ExportKind.Backend => typeof(IBackendFactory),
        ExportKind.Frontend => typeof(IFrontendFactory),
        ExportKind.Service => typeof(IServiceFactory),
        _ => typeof(ITool),
    };
}
