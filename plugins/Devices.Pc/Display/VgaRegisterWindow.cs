using Dominion.Buses;

namespace Dominion.Devices.Pc.Display;

/// <summary>The adapter's registers in memory: VGA's ports from 3C0h on at 400h, the Bochs display interface at 500h. Where an EDID block would be, everything is 0: the adapter has none.</summary>
/// <param name="main">The ports from 3C0h to 3CFh.</param>
/// <param name="color">The ports from 3D0h to 3DFh.</param>
/// <param name="dispi">The display interface's registers.</param>
internal sealed class VgaRegisterWindow(IBusTarget main, IBusTarget color, IBusTarget dispi) : IBusTarget
{
    private const ulong MainStart = 0x400;
    private const ulong ColorStart = 0x410;
    private const ulong ColorEnd = 0x420;
    private const ulong DispiStart = 0x500;
    private const ulong DispiEnd = DispiStart + (2 * DispiRegisters.Count);

    /// <inheritdoc/>
    public ulong Read(in BusAccess access) =>
        Find(access, out BusAccess inside) is { } target ? target.Read(inside) : 0;

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value) => Find(access, out BusAccess inside)?.Write(inside, value);

    // Byte and word accesses are the ones that these registers know.
    private IBusTarget? Find(in BusAccess access, out BusAccess inside)
    {
        (IBusTarget? target, ulong start) = access.Offset switch
        {
            >= MainStart and < ColorStart => (main, MainStart),
            >= ColorStart and < ColorEnd => (color, ColorStart),
            >= DispiStart and < DispiEnd => (dispi, DispiStart),
            _ => ((IBusTarget?)null, 0UL),
        };
        inside = access with { Offset = access.Offset - start };
        return access.Width <= AccessWidth.Word ? target : null;
    }
}
