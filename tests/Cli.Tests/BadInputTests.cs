using System.Buffers.Binary;
using System.Diagnostics;

namespace Dominion.Cli.Tests;

/// <summary>What users give that cannot work, through the real process with the built-in plugins: exit code 2 and a line that says why, or the guest's own fault.</summary>
public sealed class BadInputTests : IDisposable
{
    private static readonly string Guests = Path.Combine(DominionProcess.Root, "artifacts", "guests", "builtin");
    private static readonly string Hello = Path.Combine(Guests, "hello.elf");
    private readonly string _folder = Directory.CreateTempSubdirectory("dominion-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_machine_that_is_spoilt_below_works()
    {
        DominionProcess.Outcome outcome = await RunAsync($"kernel: {Hello}", "");
        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith("Hello from a guest", outcome.Output);
    }

    [Theory]
    [InlineData("kernel: none.elf", "DOM3002")]
    [InlineData("kernel: .", "DOM3003")]
    [InlineData("kernel: empty", "DOM3004")]
    [InlineData("kernel: text", "DOM3006")]
    [InlineData("kernel: arm.elf", "DOM3007")]
    [InlineData("kernel: truncated.elf", "DOM3008")]
    [InlineData("ramdisk: text", "DOM3017")]
    [InlineData("kernal: text", "DOM1007")]
    [InlineData("kernel: text, vcpu: 1", "DOM1007.*did you mean 'vcpus'")]
    [InlineData("kernel: [ text ]", "DOM1006")]
    [InlineData("kernel: text, vcpus: many", "DOM1006")]
    [InlineData("kernel: text, vcpus: 0", "DOM1009")]
    [InlineData("kernel: text, cpu: { model: z80 }", "DOM1025")]
    [InlineData("kernel: text, cpu: { features: [ vmx ] }", "DOM1028")]
    [InlineData("kernel: text, slots: { com9: none }", "DOM1020")]
    [InlineData("kernel: text, slots: { com1: acme-uart }", "DOM2009")]
    [InlineData("kernel: text, devices: [ { virtio-blk: nothing } ]", "DOM1018")]
    [InlineData("kernel: text, devices: [ { virtio-blk: console } ]", "DOM1019")]
    public async Task A_domain_that_cannot_be_is_refused(string spoilt, string id)
    {
        await WriteImagesAsync();
        AssertRefused(await RunAsync(spoilt, ""), id);
    }

    [Theory]
    [InlineData("none.img", "DOM3301")]
    [InlineData(".", "DOM3302")]
    [InlineData("empty", "DOM3304")]
    [InlineData("odd.img", "DOM3304")]
    public async Task A_disk_that_cannot_be_is_refused(string image, string id)
    {
        await WriteImagesAsync();
        AssertRefused(await RunAsync($"kernel: {Hello}, devices: [ {{ virtio-blk: d }} ]", $"services: {{ d: {{ disk: {image} }} }}\n"), id);
    }

    [Fact]
    public async Task A_disk_image_without_write_permission_is_refused_and_an_overlay_helps()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string image = Path.Combine(_folder, "disk.img");
        await File.WriteAllBytesAsync(image, new byte[4096]);
        const UnixFileMode everyone = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(image, everyone);
        File.SetUnixFileMode(_folder, everyone | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        foreach ((string disk, int exitCode) in ((string, int)[])[("disk: disk.img", 2), ("disk: disk.img, overlay: true", 0)])
        {
            string path = Path.Combine(_folder, "machine.yaml");
            await File.WriteAllTextAsync(path, $"services: {{ d: {{ {disk} }} }}\ndomains:\n  - {{ name: d, type: bare, board: pc, memory: 16MiB, kernel: {Hello}, devices: [ {{ virtio-blk: d }} ] }}\n");
            using Process process = StartWithoutPrivilege("run", path);
            process.StandardInput.Close();
            DominionProcess.Outcome outcome = await DominionProcess.EndAsync(process);
            Assert.Equal(exitCode, outcome.ExitCode);
            Assert.Equal(exitCode == 2, outcome.Error.Contains("machine.yaml(1,", StringComparison.Ordinal) && outcome.Error.Contains("error DOM3303", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("1MiB", "DOM3203")]
    [InlineData("2MiB", "DOM30")]
    [InlineData("1TiB", "DOM1024")]
    [InlineData("64TiB", "DOM1009")]
    [InlineData("5000", "DOM1009")]
    public async Task Memory_that_does_not_do_is_refused(string memory, string id)
    {
        byte[] kernel = await File.ReadAllBytesAsync(Hello);
        // The first segment's size in memory (ELF specification, program header): more than 2 MiB.
        int header = BinaryPrimitives.ReadInt32LittleEndian(kernel.AsSpan(28));
        Assert.Equal(1, kernel[4]);
        BinaryPrimitives.WriteInt32LittleEndian(kernel.AsSpan(header + 20), 8 << 20);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "large.elf"), kernel);
        AssertRefused(await RunAsync("kernel: large.elf", "", memory), id);
    }

    [Fact]
    public async Task Two_domains_of_one_name_are_refused()
    {
        string domain = $"  - {{ name: same, type: bare, board: pc, memory: 16MiB, kernel: {Hello} }}\n";
        AssertRefused(await RunTextAsync($"domains:\n{domain}{domain}"), "DOM1011");
    }

    [Fact]
    public async Task A_plugin_folder_that_is_not_there_is_refused_wherever_it_is_named()
    {
        AssertRefused(await RunAsync($"kernel: {Hello}", "plugins: [ nowhere ]\n"), "DOM2001");
        AssertRefused(await RunTextAsync($"domains:\n  - {{ name: d, type: bare, board: pc, memory: 16MiB, kernel: {Hello} }}\n", "--plugins", Path.Combine(_folder, "nowhere")), "DOM2001");
    }

    [Fact]
    public async Task Several_problems_are_told_at_once()
    {
        DominionProcess.Outcome outcome = await RunAsync("kernal: x, vcpus: 0, board: pd", "frob: 1\n", "lots");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(5, outcome.Error.Split('\n').Count(line => line.Contains(": error DOM", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_domain_and_disk_that_cannot_be_made_is_told()
    {
        const string text = "services: { a: { disk: a.img }, b: { disk: b.img } }\ndomains:\n"
            + "  - { name: one, type: bare, board: pc, memory: 16MiB, kernel: one.elf }\n"
            + "  - { name: two, type: bare, board: pc, memory: 16MiB, kernel: two.elf }\n";
        DominionProcess.Outcome outcome = await RunTextAsync(text);
        Assert.Equal(2, outcome.ExitCode);
        foreach (string missing in (string[])["a.img", "b.img"])
            Assert.Contains($"{missing}'", outcome.Error);
    }

    [Theory]
    [InlineData("undefined-opcode.elf", 1)]
    [InlineData("divide.elf", 0)]
    [InlineData("no-mans-land.elf", 0)]
    public async Task A_guest_that_faults_harms_only_itself(string guest, int exitCode)
    {
        DominionProcess.Outcome outcome = await RunAsync($"kernel: {Path.Combine(Guests, guest)}", "", "16MiB", "--timeout", "30");
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.DoesNotContain("   at ", outcome.Error);
    }

    [Fact]
    public async Task A_guest_that_never_ends_is_ended_by_the_timeout()
    {
        DominionProcess.Outcome outcome = await RunAsync($"kernel: {Path.Combine(Guests, "infinite-loop.elf")}", "", "16MiB", "--timeout", "0.5");
        Assert.Equal(124, outcome.ExitCode);
    }

    /// <summary>Root may write every file; it runs the program as nobody (util-linux's setpriv).</summary>
    private static Process StartWithoutPrivilege(params string[] arguments)
    {
        if (!Environment.IsPrivilegedProcess)
            return DominionProcess.Start(arguments);
        return Process.Start(new ProcessStartInfo("setpriv", ["--reuid=65534", "--clear-groups", DominionProcess.Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private static void AssertRefused(DominionProcess.Outcome outcome, string id)
    {
        Assert.Matches($@"(machine\.yaml\(\d+,\d+\)|--plugins): error {id}", outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Empty(outcome.Output);
    }

    private Task<DominionProcess.Outcome> RunAsync(string keys, string top, string memory = "16MiB", params string[] options) =>
        RunTextAsync($"{top}domains:\n  - {{ name: d, type: bare, {(keys.Contains("board:", StringComparison.Ordinal) ? "" : "board: pc, ")}memory: {memory}, {keys} }}\n", options);

    private async Task<DominionProcess.Outcome> RunTextAsync(string text, params string[] options)
    {
        string path = Path.Combine(_folder, "machine.yaml");
        await File.WriteAllTextAsync(path, text);
        return await DominionProcess.RunAsync(["run", path, .. options]);
    }

    private async Task WriteImagesAsync()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, "empty"), []);
        await File.WriteAllTextAsync(Path.Combine(_folder, "text"), "nothing that boots");
        await File.WriteAllBytesAsync(Path.Combine(_folder, "odd.img"), new byte[1000]);
        byte[] hello = await File.ReadAllBytesAsync(Hello);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "truncated.elf"), hello[..60]);

        // e_machine (ELF specification, header): EM_AARCH64.
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(18), 183);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "arm.elf"), hello);
    }
}
