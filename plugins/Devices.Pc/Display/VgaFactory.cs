using System.Numerics;
using Dominion.Devices.Pc.Firmware;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Display;

/// <summary>Makes VGAs.</summary>
[Device("vga", Options = typeof(VgaOptions), Summary = "VGA with text modes and, by the Bochs display interface, a linear framebuffer")]
public sealed class VgaFactory : DeviceFactory<VgaOptions>
{
    private const ulong LeastMemory = 1 << 20;
    private const ulong MostMemory = 256 << 20;

    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, VgaOptions options)
    {
        ulong memory = options.Memory.Bytes;
        if (memory is < LeastMemory or > MostMemory || !BitOperations.IsPow2(memory))
            throw new DiagnosticException("DOM3224", $"{context.Name}: {memory} bytes of video memory", "choose a power of two from 1MiB to 256MiB");
        return new Vga(context, (int)memory, options.Rom is { } rom ? FirmwareImage.ReadExpansion(rom.Value) : []);
    }
}
