using System.Diagnostics;

namespace Dominion.Bench;

/// <summary>How long the command takes that loads no plugin.</summary>
internal static class StartBenchmark
{
    public static void Run(RepositoryLayout layout, int runs)
    {
        var times = new List<double>();
        for (int i = 0; i <= runs; i++)
        {
            var watch = Stopwatch.StartNew();
            using Process process = Process.Start(new ProcessStartInfo(layout.Command, "plugins") { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();

            // The first run fills the file cache.
            if (i > 0)
                times.Add(watch.Elapsed.TotalMilliseconds);
        }

        Figures.Print("start/dominion plugins", "ms", times);
    }
}
