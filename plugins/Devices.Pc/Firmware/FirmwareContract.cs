using System.Buffers.Binary;
using System.Text;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>What a board tells its firmware through the firmware configuration device, in the forms that SeaBIOS reads.</summary>
internal static class FirmwareContract
{
    private const string RootPointerFile = "etc/acpi/rsdp";

    /// <summary>Fills the device.</summary>
    /// <param name="device">The firmware configuration device.</param>
    /// <param name="vcpuCount">How many processors there are.</param>
    /// <param name="memorySize">How many bytes of memory there are.</param>
    /// <param name="memoryMap">The board's memory map.</param>
    /// <param name="rootPointer">The ACPI root pointer, complete: the tables are in RAM that the map reserves.</param>
    public static void Fill(FirmwareConfiguration device, int vcpuCount, ulong memorySize, IReadOnlyList<MemoryMapEntry> memoryMap, byte[] rootPointer)
    {
        device.AddItem(FirmwareConfiguration.MemorySize, memorySize, 8);
        device.AddItem(FirmwareConfiguration.ProcessorCount, (ulong)vcpuCount, 2);
        device.AddItem(FirmwareConfiguration.MaximumProcessorCount, (ulong)vcpuCount, 2);
        device.AddItem(FirmwareConfiguration.BootMenu, 0, 2);
        device.AddFile("etc/e820", MemoryMap(memoryMap));
        device.AddFile(RootPointerFile, rootPointer);
        device.AddFile("etc/table-loader", AllocateRootPointer());
    }

    /// <summary>Offers the domain's kernel as what the firmware boots first.</summary>
    /// <param name="device">The firmware configuration device.</param>
    public static void OfferHandover(FirmwareConfiguration device)
    {
        const string Rom = "genroms/dominion.bin";
        device.AddFile(Rom, HandoverRom.Build());
        device.AddFile("bootorder", Encoding.ASCII.GetBytes($"/rom@{Rom}\n\0"));
    }

    // Address, length and type, 20 bytes each. Firmware makes its own holes under 1 MiB, and knows RAM and reserved ranges only.
    private static byte[] MemoryMap(IReadOnlyList<MemoryMapEntry> board)
    {
        List<byte> file = [];
        bool first = true;
        foreach (MemoryMapEntry entry in board.Where(entry => entry.Start >= PcLayout.ExtendedMemory))
        {
            byte[] bytes = new byte[20];
            ulong start = first ? 0 : entry.Start;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, start);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), entry.Start + entry.Length - start);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), (uint)(entry.Type == MemoryMapType.Usable ? MemoryMapType.Usable : MemoryMapType.Reserved));
            file.AddRange(bytes);
            first = false;
        }

        return [.. file];
    }

    // One command of 128 bytes (QEMU, docs/specs: "etc/table-loader"): put the file where an operating system looks for a root pointer.
    private static byte[] AllocateRootPointer()
    {
        const uint Allocate = 1;
        const uint Alignment = 16;
        const byte FirmwareSegment = 2;
        byte[] command = new byte[128];
        BinaryPrimitives.WriteUInt32LittleEndian(command, Allocate);
        Encoding.ASCII.GetBytes(RootPointerFile, command.AsSpan(4));
        BinaryPrimitives.WriteUInt32LittleEndian(command.AsSpan(60), Alignment);
        command[64] = FirmwareSegment;
        return command;
    }
}
