using Dominion.FullVirt.Boot;

namespace Dominion.FullVirt.Tests.Boot;

public sealed class BootFileReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dominion-boot").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Reads_a_file()
    {
        string path = Path.Combine(_folder, "kernel");
        System.IO.File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Equal([1, 2, 3], BootFileReader.Read(path, "kernel", 100).Content.ToArray());
    }

    [Fact]
    public void Refuses_what_is_no_file()
    {
        Refused.With("DOM3002", "does not exist", () => BootFileReader.Read(Path.Combine(_folder, "none"), "kernel", 100));
        Refused.With("DOM3003", "is a directory", () => BootFileReader.Read(_folder, "kernel", 100));
        string path = Path.Combine(_folder, "kernel");
        System.IO.File.WriteAllBytes(path, []);
        Refused.With("DOM3004", "empty", () => BootFileReader.Read(path, "RAM disk", 100));
        System.IO.File.WriteAllBytes(path, new byte[100]);
        Refused.With("DOM3010", "100 bytes", () => BootFileReader.Read(path, "kernel", 100));
        Refused.With("DOM3011", "RAM disk", () => BootFileReader.Read(path, "RAM disk", 100));
    }

    [Fact]
    public void Refuses_a_device_without_reading_it()
    {
        if (!OperatingSystem.IsWindows())
            Refused.With("DOM3004", "not a regular file", () => BootFileReader.Read("/dev/zero", "kernel", 100));
    }
}
