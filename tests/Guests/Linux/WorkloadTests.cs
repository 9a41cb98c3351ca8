using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Linux;

/// <summary>The host's processor as the oracle: the same busybox runs the same commands on it and in the guest.</summary>
public class WorkloadTests
{
    private static readonly string[] Commands =
    [
        "seq 1 60000 > numbers; ls -l numbers | awk '{ print $5 }'",
        "for sum in md5sum sha1sum sha256sum sha512sum sha3sum crc32; do $sum < numbers; done",
        "gzip -9 < numbers > n.gz && md5sum < n.gz && gunzip < n.gz | cmp - numbers && echo same",
        "bzip2 -9 < numbers > n.bz2 && md5sum < n.bz2 && bunzip2 < n.bz2 | cmp - numbers && echo same",
        "lzop < numbers | lzop -d | cmp - numbers && echo same",
        "awk 'BEGIN { for (i = 1; i < 3000; i++) { s += 1 / i - i / (i * i + 0.7); t = t * 0.999 + s; if (i % 500 == 0) printf \"%.17g %.17g\\n\", s, t } }'",
        "awk 'BEGIN { x = 1e-30; for (i = -30; i < 30; i++) { x *= 10.1; printf \"%.17g %e %a %d %.3f %x\\n\", x, 1 / x, x / 3, i * 1e6 / 7, i / 9, i + 100 } }' | md5sum",
        "awk 'BEGIN { x = 1; while (x < 1e308) { x *= 1.618; y = x - int(x / 3) * 3; s = s \" \" y }; print length(s), x / 1e300, 5 % 3.3, int(-7.9), 1 / 3 }'",
        "awk '{ n[$1 % 97] += $1 * 1.5 } END { for (i = 0; i < 97; i++) printf \"%.6f \", n[i] }' numbers | md5sum",
        "sort -r numbers | md5sum; sort -n -k1.2 numbers | md5sum; sort -u -t0 -k2 numbers | md5sum",
        "tr 0-9 a-j < numbers | rev | uniq | grep -c 'a.*b'; grep -E '^(1|2)+[5-9]*$' numbers | wc",
        "sed -e 's/\\([0-9]\\)\\([0-9]\\)/\\2-\\1/g' -e '/7$/d' numbers | md5sum",
        "i=0; t=0; while [ $i -lt 20000 ]; do i=$((i + 1)); t=$(((t * 31 + i) ^ (t >> 7))); done; echo $t",
        "i=0; while [ $i -lt 60 ]; do i=$((i + 1)); (echo $((i * i)) | cat | tr 0-9 9876543210); done | md5sum",
        "echo '2^4000 % 999999937; sqrt(2) * 10^15; 123456789^20' > sum; bc sum < /dev/null; dc -e '2 4000 ^ p' < /dev/null",
        "dd if=numbers bs=777 skip=3 count=100 2>/dev/null | od -An -tx4 -tu2 -tf8 | md5sum",
        "hexdump -C numbers | tail -n 3; xxd numbers | md5sum; base64 numbers | md5sum; uuencode x < numbers | md5sum",
        "expr 123456789 \\* 987654321 % 1000007; factor 1000000007 600851475143 18446744073709551615",
        "mkdir -p tree; for i in 1 2 3 4 5 6 7 8 9; do mkdir -p tree/$i/$i; head -n $i numbers > tree/$i/$i/file; done; find tree -type f | sort | xargs cat | md5sum",
        "tar -c -f - tree | tar -t -f - | sort | md5sum; tar -c -f - tree | tar -x -O -f - | wc",
        "split -l 7000 numbers part- && cat part-* | cmp - numbers && ls part-* | wc -l && rm part-*",
        "head -n 3000 numbers > a; sed 's/^5/x/' a > b; diff a b | md5sum; diff -u a b | tail -n +3 | patch -o c a > /dev/null 2>&1; cmp b c && echo same",
        "printf '%s %5d %-8x|%o %c %e %g\\n' text 42 48879 511 z 12345.678 0.00001234",
        "date -u -d @1234567890 +%Y-%m-%dT%H:%M:%S; cal 2 2024; echo $((0x7fffffffffffffff + 1)) $((-7 / 2)) $((-7 % 3)) $((1 << 62))",
    ];

    [DebianFact]
    public async Task Busybox_computes_in_the_guest_what_it_computes_on_the_host()
    {
        Assert.True(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "the oracle is a Linux host of the same architecture");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dominion-work-");
        try
        {
            string bin = folder.CreateSubdirectory("bin").FullName;
            await HostAsync(folder.FullName, "/", $"{Repository.Guest("busybox")} --install -s {bin}");
            string work = folder.CreateSubdirectory("work").FullName;
            using GuestMachine machine = GuestMachine.Start(Repository.Machine("linux.yaml"));
            await machine.First.WaitForShellAsync();
            await machine.First.RunAsync("mkdir /tmp/work && cd /tmp/work");
            StringBuilder differences = new();
            foreach (string command in Commands)
            {
                string expected = await HostAsync(work, bin, command);
                (string found, _) = await machine.First.TryRunAsync(command);
                if (expected != found)
                    differences.AppendLine($"$ {command}\nhost:\n{expected}guest:\n{found}");
            }
            await machine.First.PowerOffAsync();
            Assert.True(differences.Length == 0, differences.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> HostAsync(string folder, string path, string command)
    {
        ProcessStartInfo start = new(Repository.Guest("busybox"), ["sh", "-c", $"exec 2>&1; {command}"]) { RedirectStandardOutput = true, WorkingDirectory = folder };
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
