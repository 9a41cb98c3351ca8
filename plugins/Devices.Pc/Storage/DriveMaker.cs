using Dominion.Diagnostics;
using Dominion.Services;

namespace Dominion.Devices.Pc.Storage;

/// <summary>Makes the drives of a controller from its options.</summary>
internal static class DriveMaker
{
    /// <summary>Makes a drive.</summary>
    /// <param name="context">What the board gives the controller.</param>
    /// <param name="options">The drive's options, or null for none.</param>
    /// <param name="place">The drive's place at the controller, for its serial number and messages.</param>
    /// <param name="isSerial">Whether it is a SATA drive.</param>
    /// <returns>The drive, or null.</returns>
    public static AtaDrive? Make(IDeviceContext context, DriveOptions? options, string place, bool isSerial)
    {
        if (options is null)
            return null;
        if (options.Disk is null == options.Cd is null)
            throw new DiagnosticException("DOM3213", $"{context.Name}: the drive '{place}' needs either a disk or a cd", "write { disk: NAME } or { cd: NAME } with the name of a service");
        string name = $"{context.Name}-{place}";
        string serial = SerialNumber.Check(options.Serial ?? name[Math.Max(0, name.Length - DriveName.SerialLength)..], DriveName.SerialLength);
        if (options.Disk is { } disk)
            return new AtaDisk(context.GetService(disk), new DriveName("Dominion disk", serial), options.ReadOnly, isSerial);

        IBlockStore disc = context.GetService(options.Cd!.Value);
        if (disc.SectorSize > AtapiDrive.SectorLength || disc.Length < AtapiDrive.SectorLength)
            throw new DiagnosticException("DOM3214", $"{context.Name}: the disc in '{place}' has no sectors of {AtapiDrive.SectorLength} bytes", "give the image of a CD or DVD, with a sector size of 512");
        return new AtapiDrive(disc, new DriveName("Dominion CD-ROM", serial), isSerial);
    }
}
