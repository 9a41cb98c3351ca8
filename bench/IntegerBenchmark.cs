namespace Dominion.Bench;

/// <summary>Instructions a second on integer code.</summary>
internal static class IntegerBenchmark
{
    private static readonly string[] Guests = ["sieve", "fibonacci", "checksum", "sort"];

    public static void Run(RepositoryLayout layout, int runs)
    {
        var all = new List<double>();
        foreach (string guest in Guests)
        {
            var speeds = new List<double>();
            for (int i = 0; i < runs; i++)
            {
                (TimeSpan elapsed, long instructions) = BenchMachine.Run(layout, Manifest(layout, guest), null);
                speeds.Add(instructions / elapsed.TotalSeconds / 1e6);
            }

            Figures.Print($"integer/{guest}", "million instructions/s", speeds);
            all.Add(speeds.Order().ElementAt(speeds.Count / 2));
        }

        Figures.Print("integer (geometric mean)", "million instructions/s", [Math.Exp(all.Average(Math.Log))]);
    }

    private static string Manifest(RepositoryLayout layout, string guest) => $$"""
        domains:
          - { name: bench, type: bare, board: pc, memory: 32MiB, kernel: {{layout.Guest($"builtin/bench-{guest}.elf")}} }
        """;
}
