using System.Buffers.Binary;
using System.Text;

namespace Dominion.Devices.Pc.Tests.Mainboard;

/// <summary>Finds ACPI tables in a board's RAM as an operating system does, and checks their checksums (ACPI 6.5, 5.2).</summary>
internal static class AcpiReader
{
    /// <summary>The length of the root pointer of revision 2.</summary>
    public const int Root = 36;

    public static byte[] RootOf(TestPc pc)
    {
        byte[] root = pc.Frames.Bytes(pc.Board.AcpiRootPointer, Root);
        Assert.Equal("RSD PTR ", Encoding.ASCII.GetString(root, 0, 8));
        Assert.Equal(0, Sum(root.AsSpan(0, 20)));
        Assert.Equal(0, Sum(root));
        Assert.Equal(2, root[15]);
        return root;
    }

    public static Dictionary<string, byte[]> TablesOf(TestPc pc)
    {
        byte[] root = RootOf(pc);
        Dictionary<string, byte[]> tables = [];
        byte[] xsdt = Table(pc, BinaryPrimitives.ReadUInt64LittleEndian(root.AsSpan(24)));
        byte[] rsdt = Table(pc, BinaryPrimitives.ReadUInt32LittleEndian(root.AsSpan(16)));
        tables["XSDT"] = xsdt;
        tables["RSDT"] = rsdt;
        Assert.Equal(xsdt.Length - 36, 2 * (rsdt.Length - 36));
        for (int i = 0; 36 + (i * 8) < xsdt.Length; i++)
        {
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(xsdt.AsSpan(36 + (i * 8)));
            Assert.Equal((uint)address, BinaryPrimitives.ReadUInt32LittleEndian(rsdt.AsSpan(36 + (i * 4))));
            byte[] table = Table(pc, address);
            tables[Encoding.ASCII.GetString(table, 0, 4)] = table;
        }

        byte[] fadt = tables["FACP"];
        tables["DSDT"] = Table(pc, BinaryPrimitives.ReadUInt64LittleEndian(fadt.AsSpan(140)));
        return tables;
    }

    private static byte[] Table(TestPc pc, ulong address)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(pc.Frames.Bytes(address + 4, 4));
        byte[] table = pc.Frames.Bytes(address, length);
        Assert.Equal(0, Sum(table));
        Assert.Contains(pc.Board.MemoryMap, entry =>
            entry.Type == MemoryMapType.AcpiReclaimable && address >= entry.Start && address + (ulong)length <= entry.Start + entry.Length);
        return table;
    }

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte part in bytes)
            sum += part;
        return sum;
    }
}
