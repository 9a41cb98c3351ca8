using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Storage;

/// <summary>Makes AHCI controllers.</summary>
[Device("ahci", Options = typeof(AhciOptions), Summary = "AHCI 1.3 SATA controller (ICH9) with hard disks and CD-ROM drives")]
public sealed class AhciFactory : DeviceFactory<AhciOptions>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, AhciOptions options)
    {
        if (options.Ports.Count is < 1 or > AhciController.MostPorts)
            throw new DiagnosticException("DOM3215", $"{context.Name}: an AHCI controller has 1 to {AhciController.MostPorts} ports, not {options.Ports.Count}", "give each drive as { disk: NAME } or { cd: NAME }");
        return new AhciController(context, options);
    }
}
