using System.Diagnostics;

namespace Dominion.Bench;

/// <summary>How much of the host's processors four vCPUs use: while Linux boots, and while four of its processes work, against one.</summary>
internal static class SmpBenchmark
{
    private const string Work = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done";

    public static void Run(RepositoryLayout layout, int runs)
    {
        if (!File.Exists(layout.Guest("vmlinuz-amd64")))
        {
            Console.WriteLine("smp                          not measured: run eng/get-guests first");
            return;
        }

        Measure(layout, runs, "smp/boot", "true");
        Measure(layout, runs, "smp/one busy process", Work);
        Measure(layout, runs, "smp/four busy processes", $"for p in 1 2 3 4; do ({Work}) & done; wait");
    }

    private static void Measure(RepositoryLayout layout, int runs, string name, string command)
    {
        var seconds = new List<double>();
        var processors = new List<double>();
        for (int i = 0; i < runs; i++)
        {
            using var process = Process.GetCurrentProcess();
            TimeSpan before = process.TotalProcessorTime;
            (TimeSpan elapsed, _) = BenchMachine.Run(layout, Manifest(layout, command), null);
            process.Refresh();
            seconds.Add(elapsed.TotalSeconds);
            processors.Add((process.TotalProcessorTime - before) / elapsed);
        }

        Figures.Print($"{name}/time", "s", seconds);
        Figures.Print($"{name}/host processors", "busy", processors);
    }

    private static string Manifest(RepositoryLayout layout, string command) => $$"""
        domains:
          - name: linux
            type: bare
            board: pc
            memory: 512MiB
            vcpus: 4
            kernel: {{layout.Guest("vmlinuz-amd64")}}
            ramdisk: {{layout.Guest("initrd-amd64.img")}}
            cmdline: console=ttyS0 quiet dominion.run="{{command}}"
        """;
}
