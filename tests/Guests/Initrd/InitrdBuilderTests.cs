using System.Buffers.Binary;
using System.Text;
using Dominion.Guests.Initrd;

namespace Dominion.Guests.Tests.Initrd;

public sealed class InitrdBuilderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dominion-initrd").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>An ELF64 file with a .modinfo section: the null section, names, modinfo.</summary>
    private static byte[] Module(string modinfo)
    {
        byte[] names = Encoding.ASCII.GetBytes("\0.modinfo\0");
        byte[] info = Encoding.ASCII.GetBytes(modinfo);
        byte[] file = new byte[64 + (3 * 64) + names.Length + info.Length];
        "\u007fELF\u0002\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(40), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(58), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(60), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(62), 1);
        Section(file.AsSpan(128), 0, 256, names.Length);
        Section(file.AsSpan(192), 1, 256 + names.Length, info.Length);
        names.CopyTo(file, 256);
        info.CopyTo(file, 256 + names.Length);
        return file;
    }

    private static void Section(Span<byte> header, int name, int offset, int size)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, name);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], size);
    }

    private string Root()
    {
        string root = Path.Combine(_folder, "6.1.0-test");
        Directory.CreateDirectory(Path.Combine(root, "kernel/a"));
        File.WriteAllBytes(Path.Combine(root, "kernel/a/top-most.ko"), Module("license=GPL\0depends=middle,built_in\0alias=virtio:d00000001v*\0"));
        File.WriteAllBytes(Path.Combine(root, "kernel/a/middle.ko"), Module("depends=base\0"));
        File.WriteAllBytes(Path.Combine(root, "kernel/base.ko"), Module("depends=\0"));
        File.WriteAllText(Path.Combine(root, "modules.builtin"), "kernel/built-in.ko\n");
        return root;
    }

    [Fact]
    public void Modules_come_with_what_they_depend_on_and_with_their_indexes()
    {
        string busybox = Path.Combine(_folder, "busybox");
        File.WriteAllBytes(busybox, [0x7f]);
        string output = Path.Combine(_folder, "initrd.img");
        Assert.True(InitrdOptions.TryParse(["--busybox", busybox, "--output", output, "--modules", Root(), "--module", "top_most", "--module", "built_in"], out InitrdOptions? options));
        InitrdBuilder.Write(options);
        Dictionary<string, CpioEntry> entries = CpioReader.Read(File.ReadAllBytes(output)).ToDictionary(e => e.Path);
        Assert.Equal(
            "kernel/base.ko:\nkernel/a/middle.ko: kernel/base.ko\nkernel/a/top-most.ko: kernel/a/middle.ko kernel/base.ko\n",
            Encoding.UTF8.GetString(entries["lib/modules/6.1.0-test/modules.dep"].Content));
        Assert.Equal("alias virtio:d00000001v* top_most\n", Encoding.UTF8.GetString(entries["lib/modules/6.1.0-test/modules.alias"].Content));
        Assert.StartsWith("#!/bin/busybox sh\n", Encoding.UTF8.GetString(entries["init"].Content), StringComparison.Ordinal);
        Assert.Equal("100755", Convert.ToString(entries["init"].Mode, 8));
        Assert.Equal("20600", Convert.ToString(entries["dev/console"].Mode, 8));
        foreach (string path in entries.Keys.Where(p => p.Contains('/')))
            Assert.Contains(path[..path.LastIndexOf('/')], entries.Keys);
        Assert.Equal(["busybox", "initrd.img"], Directory.EnumerateFiles(_folder).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public void Refuses_missing_and_damaged_modules()
    {
        string root = Root();
        KernelModuleSet set = new(root);
        Assert.Contains("no module 'none'", Assert.Throws<InvalidDataException>(() => set.Add("none")).Message, StringComparison.Ordinal);
        byte[] module = Module("depends=\0");
        for (int length = 0; length < module.Length; length += 3)
        {
            File.WriteAllBytes(Path.Combine(root, "kernel/base.ko"), module[..length]);
            Assert.Throws<InvalidDataException>(() => KernelModule.Read(root, "kernel/base.ko"));
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--busybox", "b")]
    [InlineData("--busybox", "b", "--output")]
    [InlineData("--busybox", "b", "--output", "o", "--module", "m")]
    [InlineData("--busybox", "b", "--output", "o", "--else", "m")]
    public void Refuses_wrong_arguments(params string[] arguments) => Assert.False(InitrdOptions.TryParse(arguments, out _));
}
