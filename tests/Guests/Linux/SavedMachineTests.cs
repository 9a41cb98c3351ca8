using System.IO.Compression;
using System.Text;
using Dominion.Diagnostics;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

/// <summary>A saved machine is the machine: saved again it has the same state, and it goes on to its end. Where interrupts fall may differ from a run without: the cores have decoded nothing yet.</summary>
public sealed class SavedMachineTests
{
    private const string Virtio = """
        machine: { clock: virtual, memory: 640MiB }
        services: { lan: switch, disk: { disk: guests/disk.img, overlay: true }, ram: { ramdisk: 8MiB }, seed: { entropy: 7 } }
        domains:
          - name: linux
            type: bare
            board: pc
            vcpus: 2
            memory: 256MiB
            devices: [ virtio-rng: seed, virtio-blk: disk, virtio-blk: ram, virtio-net: lan, vga ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: >-
              console=ttyS0 no_timer_check dominion.ip=10.0.0.1/24
              dominion.run="mount -t ext4 /dev/vda /mnt; for i in 1 2 3 4 5 6 7 8; do dd if=/dev/hwrng of=/mnt/$i bs=1k count=64; cp /mnt/$i /dev/vdb;
              ping -c 1 10.0.0.2; sleep 1; sha256sum /mnt/$i; date; done; sync; cat /proc/interrupts /proc/uptime"
          - name: peer
            type: bare
            board: pc
            memory: 256MiB
            devices: [ virtio-net: lan ]
            kernel: guests/vmlinuz-cloud
            ramdisk: guests/initrd-cloud.img
            cmdline: console=ttyS0 no_timer_check quiet dominion.ip=10.0.0.2/24 dominion.run="sleep 30"
        """;

    private const string Hardware = """
        machine: { clock: virtual, memory: 640MiB }
        services: { lan: switch, disk: { disk: guests/disk.img, overlay: true }, ram: { ramdisk: 8MiB } }
        domains:
          - name: linux
            type: bare
            board: pc
            memory: 512MiB
            devices: [ ahci: [ { disk: disk } ], ide: { primary-master: { disk: ram } }, e1000: lan, vga ]
            kernel: guests/vmlinuz-amd64
            ramdisk: guests/initrd-amd64.img
            cmdline: >-
              console=ttyS0 no_timer_check dominion.ip=10.0.0.1/24
              dominion.run="until [ -b /dev/sda ]; do sleep 0.1; done; mount -t ext4 /dev/sda /mnt; for i in 1 2 3 4 5 6 7 8; do
              dd if=/dev/urandom of=/mnt/$i bs=1k count=64; arping -c 1 -w 1 10.0.0.2; sleep 1; sha256sum /mnt/$i; date; done; cat /proc/interrupts /proc/uptime"
        """;

    private const int Rounds = 3;

    public static TheoryData<string> Machines => [Virtio, Hardware];

    [DebianTheory]
    [MemberData(nameof(Machines))]
    public async Task Saved_again_it_has_the_same_state_and_it_goes_on_to_its_end(string text)
    {
        using ManifestFile manifest = new(text);
        GuestMachine current = GuestMachine.Start(manifest.Path);
        string console = "";
        try
        {
            // Virtual time waits for nobody: on a busy host the last moments may come after the end.
            for (int i = 0; i < Rounds && !current.First.Runtime.HasEnded; i++)
            {
                await current.First.ExpectAsync(i == 0 ? "Linux version" : "\n");
                string file = manifest.InFolder($"{i}.dominion");
                if (!await TrySaveAsync(current, file))
                    break;
                console += current.First.ConsoleText;
                current.Dispose();

                current = GuestMachine.Restore(file);
                string again = manifest.InFolder($"{i}-again.dominion");
                using (GuestMachine copy = GuestMachine.Restore(file, start: false))
                    await copy.Runtime.SaveAsync(again);
                AssertSameFile(file, again);
            }
            await current.EndAsync();
            console += current.First.ConsoleText;
            Assert.True(File.Exists(manifest.InFolder("0-again.dominion")));
            Assert.Contains("exit status 0", console);
        }
        finally
        {
            current.Dispose();
        }
    }

    private static async Task<bool> TrySaveAsync(GuestMachine machine, string file)
    {
        try
        {
            return await machine.Runtime.SaveAsync(file, stop: true);
        }
        catch (DiagnosticException ended) when (ended.Diagnostic.Id == "DOM5112")
        {
            return false;
        }
    }

    private static void AssertSameFile(string file, string again)
    {
        List<(string Tag, byte[] Content)> first = ReadSections(file);
        List<(string Tag, byte[] Content)> second = ReadSections(again);
        Assert.Equal(first.Select(section => section.Tag), second.Select(section => section.Tag));
        foreach (((string tag, byte[] saved), (_, byte[] savedAgain)) in first.Zip(second))
        {
            int same = saved.AsSpan().CommonPrefixLength(savedAgain);
            Assert.True(
                same == saved.Length && same == savedAgain.Length,
                $"section {tag} has {saved.Length} bytes, then {savedAgain.Length}, and differs from byte {same} on, behind '{PrintableBefore(saved, same)}'");
        }
    }

    /// <summary>The sections of a saved machine, as docs/running.md describes the file.</summary>
    private static List<(string Tag, byte[] Content)> ReadSections(string file)
    {
        const int HeaderLength = 64;
        using BinaryReader reader = new(File.OpenRead(file));
        reader.BaseStream.Position = HeaderLength;
        List<(string Tag, byte[] Content)> sections = [];
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            string tag = Encoding.ASCII.GetString(reader.ReadBytes(4));
            Assert.Equal(1, reader.ReadInt32());
            using MemoryStream packed = new();
            for (int length = reader.ReadInt32(); length != 0; length = reader.ReadInt32())
                packed.Write(reader.ReadBytes(length));
            packed.Position = 0;
            using DeflateStream inflated = new(packed, CompressionMode.Decompress);
            using MemoryStream content = new();
            inflated.CopyTo(content);
            sections.Add((tag, content.ToArray()));
        }

        return sections;
    }

    /// <summary>The names of the parts that were written last before a place.</summary>
    private static string PrintableBefore(byte[] content, int place) =>
        string.Concat(content[Math.Max(0, place - 400)..place].Select(b => b is >= 0x20 and < 0x7F ? (char)b : ' ')).Trim();
}
