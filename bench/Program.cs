using Dominion.Bench;

const string Usage = """
    usage: bench [integer] [boot] [smp] [start] [--runs N]

    Prints figures, medians of several runs:
      integer  instructions a second on built-in 64-bit guests
      boot     Debian's cloud kernel to its shell prompt: time, instructions, peak memory
      smp      Debian's kernel with four vCPUs: processors of the host in use while it boots, with one busy process, with four
      start    'dominion plugins' as a whole process
    Without a name: all of them. Build first: eng/build; the guests of 'boot' come from eng/get-guests.
    """;

var names = new List<string>();
int runs = 3;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--runs" when i + 1 < args.Length && int.TryParse(args[i + 1], out int count) && count > 0:
            runs = count;
            i++;
            break;
        case "integer" or "boot" or "smp" or "start":
            names.Add(args[i]);
            break;
        default:
            Console.Error.WriteLine(Usage);
            return args[i] is "--help" or "-h" ? 0 : 2;
    }
}

if (names.Count == 0)
    names = ["integer", "boot", "smp", "start"];
var layout = new RepositoryLayout();
foreach (string name in names)
{
    switch (name)
    {
        case "integer":
            IntegerBenchmark.Run(layout, runs);
            break;
        case "boot":
            BootBenchmark.Run(layout, runs);
            break;
        case "smp":
            SmpBenchmark.Run(layout, runs);
            break;
        default:
            StartBenchmark.Run(layout, runs);
            break;
    }
}

return 0;
