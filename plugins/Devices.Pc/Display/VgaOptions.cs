using System.ComponentModel;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Display;

/// <summary>The options of a VGA.</summary>
public sealed class VgaOptions
{
    /// <summary>The video BIOS that the firmware finds in the expansion ROM, such as vgabios-stdvga.bin.</summary>
    [PrimaryOption]
    [Description("the video BIOS that the firmware finds in the expansion ROM, such as vgabios-stdvga.bin")]
    public FilePath? Rom { get; set; }

    /// <summary>How much video memory there is: a power of two.</summary>
    [Description("how much video memory there is: a power of two from 1MiB to 256MiB")]
    public ByteSize Memory { get; set; } = new(16UL << 20);
}
