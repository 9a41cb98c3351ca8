using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.CommandLine;

/// <summary>A working Linux that one process saves and another lets go on, more than once.</summary>
public sealed class SaveTests : IDisposable
{
    private const string Text = """
        machine: { memory: 576MiB }
        services: { lan: switch, disk: { disk: guests/disk.img, overlay: true } }
        domains:
          - name: linux
            type: bare
            board: pc
            memory: 256MiB
            devices: [ virtio-rng, virtio-blk: disk, virtio-net: lan ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: >-
              console=ttyS0 no_timer_check quiet dominion.ip=10.0.0.1/24
              dominion.run="mount -t ext4 /dev/vda /mnt; until ping -c 1 -W 1 10.0.0.2 >/dev/null; do sleep 1; done;
              i=0; while [ $i -lt 40 ]; do i=$((i+1)); dd if=/dev/urandom of=/mnt/f$i bs=16k count=4 2>/dev/null; sha256sum /mnt/f$i >> /mnt/sums;
              until ping -c 1 -W 2 10.0.0.2 >/dev/null; do :; done; usleep 200000; echo count $i; done; umount /mnt; mount -t ext4 /dev/vda /mnt;
              sha256sum -c /mnt/sums | grep -c OK; dmesg | grep -v 'ommand line' | grep -cE 'Call Trace|stall|WARNING|unstable|lockup|EXT4-fs error'"
          - name: peer
            type: bare
            board: pc
            memory: 256MiB
            devices: [ virtio-net: lan ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: console=ttyS0 no_timer_check quiet dominion.ip=10.0.0.2/24 dominion.run="sleep 1000000"
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);
    private readonly ManifestFile _manifest = new(Text);
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _manifest.Dispose();
    }

    [DebianTheory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Linux_goes_on_counting_in_another_process(int vcpus)
    {
        string file = _manifest.InFolder("saved");
        StringBuilder console = new();
        Process machine = Start("run", _manifest.Path, "--name", "m", "--set", $"domains.linux.vcpus={vcpus}");
        foreach (int moment in (int[])[8, 20])
        {
            await ReadUntilAsync(machine, console, $"linux: count {moment}\n");
            await RunAsync("save", "m", file, "--stop");
            await ReadUntilAsync(machine, console, null);
            Assert.Equal(0, machine.ExitCode);
            machine = Start("restore", file);
        }
        await ReadUntilAsync(machine, console, "exit status");
        await RunAsync("stop", "m");
        await ReadUntilAsync(machine, console, null);

        string text = console.ToString();
        string[] counts = [.. Regex.Matches(text, @"(?m)^linux: count (\d+)$").Select(match => match.Groups[1].Value)];
        Assert.True(Enumerable.Range(1, 40).Select(count => $"{count}").SequenceEqual(counts), text);
        Assert.True(text.Contains("linux: 40\nlinux: 0\n", StringComparison.Ordinal), text);
    }

    private async Task ReadUntilAsync(Process process, StringBuilder console, string? expected)
    {
        int from = console.Length;
        byte[] buffer = new byte[4096];
        Stopwatch watch = Stopwatch.StartNew();
        while (expected is null || !console.ToString(from, console.Length - from).Contains(expected))
        {
            int count = await process.StandardOutput.BaseStream.ReadAsync(buffer).AsTask().WaitAsync(Limit - watch.Elapsed);
            if (count == 0)
            {
                Assert.True(expected is null, $"'{expected}' did not come:\n{console}\n{(expected is null ? "" : await process.StandardError.ReadToEndAsync())}");
                await process.WaitForExitAsync().WaitAsync(Limit);
                return;
            }
            console.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
    }

    private async Task RunAsync(params string[] arguments)
    {
        Process process = Start(arguments);
        string error = await process.StandardError.ReadToEndAsync().WaitAsync(Limit);
        await process.WaitForExitAsync().WaitAsync(Limit);
        Assert.True(process.ExitCode == 0, error);
    }

    private Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Repository.Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_RUNTIME_DIR"] = Path.GetDirectoryName(_manifest.Path);
        Process process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }
}
