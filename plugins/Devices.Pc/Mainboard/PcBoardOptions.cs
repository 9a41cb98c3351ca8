using System.ComponentModel;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>The options of the board <c>pc</c>.</summary>
public sealed class PcBoardOptions
{
    /// <summary>A firmware image, such as SeaBIOS: mapped under 4 GiB, its last 128 KiB under 1 MiB too. A domain without a kernel starts in it.</summary>
    [Description("a firmware image, such as SeaBIOS: mapped under 4 GiB, its last 128 KiB under 1 MiB too. A domain without a kernel starts in it")]
    public FilePath? Firmware { get; set; }

    /// <summary>Where the firmware looks for a system, in this order; what is not named is tried last.</summary>
    [Description("where the firmware looks for a system, in this order")]
    public IReadOnlyList<BootMedium> BootOrder { get; set; } = [BootMedium.Disk, BootMedium.Cdrom];
}
