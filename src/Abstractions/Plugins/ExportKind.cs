namespace Dominion.Plugins;

/// <summary>What an export is. A name is unique within its kind.</summary>
public enum ExportKind
{
    /// <summary>A CPU core: <see cref="Cpu.ICpuCoreFactory"/>.</summary>
    CpuCore,

    /// <summary>A virtualization extension of a core, such as VT-x: <see cref="Cpu.ICpuExtensionFactory"/>.</summary>
    Extension,

    /// <summary>A way to run a domain: <see cref="Domains.IDomainTypeFactory"/>.</summary>
    DomainType,

    /// <summary>A mainboard: <see cref="Devices.IBoardFactory"/>.</summary>
    Board,

    /// <summary>A device: <see cref="Devices.IDeviceFactory"/>.</summary>
    Device,

    /// <summary>The backend half of a split driver: <see cref="Split.IBackendFactory"/>.</summary>
    Backend,

    /// <summary>The frontend half of a split driver: <see cref="Split.IFrontendFactory"/>.</summary>
    Frontend,

    /// <summary>What devices are backed by: <see cref="Services.IServiceFactory"/>.</summary>
    Service,

    /// <summary>A verb of the command line: <see cref="Tools.ITool"/>.</summary>
    Tool,
}
