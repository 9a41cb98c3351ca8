using Dominion.Buses;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pc.Registers;
using Dominion.Devices.Pci;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Display;

/// <summary>A VGA as a PCI function (QEMU, docs/specs/standard-vga.rst): IBM's registers and window at their legacy places, the Bochs display interface by ports and by memory, and the whole video memory as a linear framebuffer.</summary>
internal sealed class Vga : IDevice, IDisplay
{
    private const ushort MonochromePorts = 0x3B4;
    private const ushort FirstPort = 0x3C0;
    private const ushort ColorPorts = 0x3D4;
    private const ushort DispiPort = 0x1CE;
    private const int RegisterWindowLength = 0x1000;

    private readonly byte[] _memory;
    private readonly byte[] _rom;
    private readonly VgaRegisters _registers;
    private readonly VgaPalette _palette = new();
    private readonly DispiRegisters _linear;
    private readonly VgaMemory _window;
    private readonly VgaRenderer _renderer;
    private readonly IBusMapping[] _mappings;
    private ushort _dispiIndex;

    /// <summary>Puts the adapter on its buses.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="memoryLength">How much video memory there is: a power of two.</param>
    /// <param name="rom">The video BIOS, or nothing.</param>
    public Vga(IDeviceContext context, int memoryLength, byte[] rom)
    {
        _memory = new byte[memoryLength];
        _rom = rom;
        _registers = new VgaRegisters(context.Clock);
        _linear = new DispiRegisters(_memory, _palette);
        _window = new VgaMemory(_registers, _linear, _memory);
        _renderer = new VgaRenderer(_registers, _palette, _linear, _memory);
        RegisterMap main = MainPorts();
        RegisterMap dispi = new(2, 2 * DispiRegisters.Count);
        for (int i = 0; i < DispiRegisters.Count; i++)
        {
            int index = i;
            dispi.At(2 * i, $"DISPI {i}", () => _linear.Read(index), (value, _) => _linear.Write(index, (ushort)value));
        }

        _mappings =
        [
            context.Ports.Map(MonochromePorts, 2, CrtControllerPorts(isColor: false), context.Name),
            context.Ports.Map(MonochromePorts + 6, 1, StatusPort(isColor: false), context.Name),
            context.Ports.Map(FirstPort, 0x10, main, context.Name),
            context.Ports.Map(ColorPorts, 2, CrtControllerPorts(isColor: true), context.Name),
            context.Ports.Map(ColorPorts + 6, 1, StatusPort(isColor: true), context.Name),
            context.Ports.Map(DispiPort, 3, new DispiPorts(this), context.Name),
            context.MemorySpace.Map(PcLayout.VideoHole, PcLayout.VideoHoleEnd - PcLayout.VideoHole, _window, context.Name),
        ];
        context.Pci?.Add(
            new PciDescriptor
            {
                VendorId = 0x1234,
                DeviceId = 0x1111,
                ClassCode = 0x03_00_00,
                Revision = 2,
                SubsystemVendorId = 0x1AF4,
                SubsystemId = 0x1100,
                Bars =
                [
                    new PciBar(0, PciBarKind.Memory32, (ulong)memoryLength, new LinearFrameBuffer(_memory)),
                    new PciBar(2, PciBarKind.Memory32, RegisterWindowLength, new VgaRegisterWindow(main, ColorRange(), dispi)),
                ],
                ExpansionRom = rom,
            },
            new PciPassiveFunction());
    }

    /// <inheritdoc/>
    public int Width => _renderer.Size.Width;

    /// <inheritdoc/>
    public int Height => _renderer.Size.Height;

    /// <inheritdoc/>
    public void ReadPixels(Span<uint> pixels) => _renderer.Render(pixels);

    /// <summary>Takes the state that a video BIOS leaves behind, since there may be no firmware to run it: text mode, with the font that the ROM holds.</summary>
    public void Reset()
    {
        _registers.Reset();
        _palette.Reset();
        _linear.Reset();
        _window.Reset();
        Array.Clear(_memory);
        VgaFont.Load(_rom, _memory);
        _dispiIndex = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("vga", 1);
        writer.Write((uint)_dispiIndex);
        _registers.Save(writer);
        _palette.Save(writer);
        _linear.Save(writer);
        _window.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("vga", 1);
        _dispiIndex = (ushort)reader.ReadUInt32();
        _registers.Restore(reader);
        _palette.Restore(reader);
        _linear.Restore(reader);
        _window.Restore(reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBusMapping mapping in _mappings)
            mapping.Dispose();
    }

    private RegisterMap MainPorts() => new RegisterMap(1, 0x10)
        .At(0x0, "Attribute address and data", _registers.ReadAttributeIndex, (value, _) => _registers.WriteAttribute(value))
        .At(0x1, "Attribute data", _registers.ReadAttribute)
        .At(0x2, "Input status 0, miscellaneous output", () => 0x10, (value, _) => _registers.WriteMiscellaneous(value))
        .At(0x3, "Video subsystem enable", () => 1)
        .At(0x4, "Sequencer address", _registers.ReadSequencerIndex, (value, _) => _registers.WriteSequencerIndex(value))
        .At(0x5, "Sequencer data", _registers.ReadSequencer, (value, _) => _registers.WriteSequencer(value))
        .At(0x6, "Pixel mask", _palette.ReadMask, (value, _) => _palette.WriteMask(value))
        .At(0x7, "Palette state, read index", _palette.ReadStateRegister, (value, _) => _palette.WriteReadIndex(value))
        .At(0x8, "Palette write index", _palette.ReadWriteIndex, (value, _) => _palette.WriteWriteIndex(value))
        .At(0x9, "Palette data", _palette.ReadData, (value, _) => _palette.WriteData(value))
        .At(0xA, "Feature control", () => _registers.FeatureControl)
        .At(0xC, "Miscellaneous output", () => _registers.Miscellaneous)
        .At(0xE, "Graphics address", _registers.ReadGraphicsIndex, (value, _) => _registers.WriteGraphicsIndex(value))
        .At(0xF, "Graphics data", _registers.ReadGraphics, (value, _) => _registers.WriteGraphics(value));

    // The registers that stand at 3Bxh or at 3Dxh, as bit 0 of miscellaneous output says: at the other place nobody answers.
    private RegisterMap CrtControllerPorts(bool isColor) => new RegisterMap(1, 2)
        .At(0, "CRT controller address", () => Here(isColor, _registers.ReadCrtControllerIndex), (value, _) => Here(isColor, value, _registers.WriteCrtControllerIndex))
        .At(1, "CRT controller data", () => Here(isColor, _registers.ReadCrtController), (value, _) => Here(isColor, value, _registers.WriteCrtController));

    private RegisterMap StatusPort(bool isColor) => new RegisterMap(1, 1)
        .At(0, "Input status 1, feature control", () => Here(isColor, _registers.ReadStatus), (value, _) => Here(isColor, value, _registers.WriteFeatureControl));

    // The colour registers as the memory window has them, which follows 3C0h to 3DFh.
    private RegisterMap ColorRange() => new RegisterMap(1, 0x10)
        .At(0x4, "CRT controller address", _registers.ReadCrtControllerIndex, (value, _) => _registers.WriteCrtControllerIndex(value))
        .At(0x5, "CRT controller data", _registers.ReadCrtController, (value, _) => _registers.WriteCrtController(value))
        .At(0xA, "Input status 1, feature control", _registers.ReadStatus, (value, _) => _registers.WriteFeatureControl(value));

    private uint Here(bool isColor, Func<uint> read) => isColor == _registers.IsColor ? read() : 0xFF;

    private void Here(bool isColor, uint value, Action<uint> write)
    {
        if (isColor == _registers.IsColor)
            write(value);
    }

    /// <summary>Index at 1CEh and data at 1CFh, or at the aligned 1D0h; 16 bits wide.</summary>
    private sealed class DispiPorts(Vga device) : IBusTarget
    {
        public ulong Read(in BusAccess access) => access.Offset == 0 ? device._dispiIndex : device._linear.Read(device._dispiIndex);

        public void Write(in BusAccess access, ulong value)
        {
            if (access.Offset == 0)
                device._dispiIndex = (ushort)value;
            else
                device._linear.Write(device._dispiIndex, (ushort)value);
        }
    }
}
