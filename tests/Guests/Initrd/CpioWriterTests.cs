using Dominion.Guests.Initrd;

namespace Dominion.Guests.Tests.Initrd;

public class CpioWriterTests
{
    [Fact]
    public void Entries_come_back_with_their_types_and_content()
    {
        using MemoryStream stream = new();
        CpioWriter writer = new(stream);
        writer.Directory("bin");
        writer.File("bin/a", [1, 2, 3, 4, 5], executable: true);
        writer.File("b", [9]);
        writer.Link("c", "/bin/a");
        writer.CharacterDevice("console", 5, 1);
        writer.End();
        List<CpioEntry> entries = CpioReader.Read(stream.ToArray());
        Assert.Equal(["bin", "bin/a", "b", "c", "console"], entries.Select(e => e.Path));
        Assert.Equal(["40755", "100755", "100644", "120777", "20600"], entries.Select(e => Convert.ToString(e.Mode, 8)));
        Assert.Equal([1, 2, 3, 4, 5], entries[1].Content);
        Assert.Equal("/bin/a"u8.ToArray(), entries[3].Content);
        Assert.Equal((5u, 1u), (entries[4].Major, entries[4].Minor));
        Assert.Equal(5, entries.Select(e => e.Inode).Distinct().Count());
    }
}
