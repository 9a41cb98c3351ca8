using System.Globalization;

namespace Dominion.Bench;

/// <summary>Debian's cloud kernel from the first instruction to the shell's prompt.</summary>
internal static class BootBenchmark
{
    private const int MemoryMebibytes = 256;

    public static void Run(RepositoryLayout layout, int runs)
    {
        if (!File.Exists(layout.Guest("vmlinuz-cloud")))
        {
            Console.WriteLine("boot                         not measured: run eng/get-guests first");
            return;
        }

        var seconds = new List<double>();
        var instructions = new List<double>();
        var allocated = new List<double>();
        for (int i = 0; i < runs; i++)
        {
            long before = GC.GetTotalAllocatedBytes(true);
            (TimeSpan elapsed, long count) = BenchMachine.Run(layout, Manifest(layout), "\n# ");
            seconds.Add(elapsed.TotalSeconds);
            instructions.Add(count / 1e6);
            allocated.Add((GC.GetTotalAllocatedBytes(true) - before) / 1048576.0);
        }

        Figures.Print("boot/time to prompt", "s", seconds);
        Figures.Print("boot/instructions", "million", instructions);
        Figures.Print("boot/managed allocation", "MiB", allocated);
        Figures.Print("boot/peak memory beyond guest", "MiB", [PeakMebibytes() - MemoryMebibytes]);
    }

    /// <summary>The process's peak resident memory, all runs together.</summary>
    private static double PeakMebibytes()
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }

    private static string Manifest(RepositoryLayout layout) => $$"""
        domains:
          - name: linux
            type: bare
            board: pc
            memory: {{MemoryMebibytes}}MiB
            kernel: {{layout.Guest("vmlinuz-cloud")}}
            ramdisk: {{layout.Guest("initrd-cloud.img")}}
            cmdline: console=ttyS0 quiet
        """;
}
