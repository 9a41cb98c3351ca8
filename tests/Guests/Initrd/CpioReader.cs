using System.Globalization;
using System.Text;

namespace Dominion.Guests.Tests.Initrd;

/// <summary>Reads a "newc" archive by the kernel's description (Documentation/driver-api/early-userspace/buffer-format.rst).</summary>
internal static class CpioReader
{
    public static List<CpioEntry> Read(byte[] archive)
    {
        List<CpioEntry> entries = [];
        int position = 0;
        while (true)
        {
            Assert.Equal(0, position % 4);
            Assert.Equal("070701", Encoding.ASCII.GetString(archive, position, 6));
            uint[] fields = [.. Enumerable.Range(0, 13).Select(i => uint.Parse(Encoding.ASCII.GetString(archive, position + 6 + (i * 8), 8), NumberStyles.HexNumber, null))];
            int name = position + 110;
            int content = (name + (int)fields[11] + 3) & ~3;
            Assert.Equal(0, archive[name + (int)fields[11] - 1]);
            string path = Encoding.UTF8.GetString(archive, name, (int)fields[11] - 1);
            position = (content + (int)fields[6] + 3) & ~3;
            if (path == "TRAILER!!!")
                break;
            entries.Add(new CpioEntry(path, fields[0], fields[1], fields[9], fields[10], archive[content..(content + (int)fields[6])]));
        }

        Assert.Equal(archive.Length, position);
        return entries;
    }
}
