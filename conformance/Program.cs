using System.Globalization;
using Dominion.Conformance;
using Dominion.Host.Plugins;

const string Usage = """
    usage: conformance DIR [SECTION...] [--i386 DIR] [--firmware FILE] [--timeout SECONDS] [--logs DIR]

    Runs the x86 kernels of a kvm-unit-tests tree that was built beside the project, each on machines/kvm-unit-tests.yaml,
    and prints a table: section, result, counts, time, reason. DIR holds unittests.cfg and the .flat files.
      --i386 DIR         the same of a 32-bit build, for the sections that ask for one
      --firmware FILE    the firmware of the sections that reset the machine (artifacts/guests/seabios.bin)
      --timeout SECONDS  how long a section may take (300)
      --logs DIR         keep each console's text there
    Exit code 1 when a section failed or did not end. Build first: eng/build.
    """;

string? folder = null, folder32 = null, firmware = null, logs = null;
TimeSpan limit = TimeSpan.FromSeconds(300);
HashSet<string> wanted = [];
for (int i = 0; i < args.Length; i++)
{
    string? value = i + 1 < args.Length ? args[i + 1] : null;
    switch (args[i])
    {
        case "--i386" when value is not null:
            folder32 = value;
            i++;
            break;
        case "--firmware" when value is not null:
            firmware = Path.GetFullPath(value);
            i++;
            break;
        case "--logs" when value is not null:
            logs = value;
            i++;
            break;
        case "--timeout" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds > 0:
            limit = TimeSpan.FromSeconds(seconds);
            i++;
            break;
        case ['-', ..]:
            Console.Error.WriteLine(Usage);
            return args[i] is "--help" or "-h" ? 0 : 2;
        default:
            if (folder is null)
                folder = args[i];
            else
                wanted.Add(args[i]);
            break;
    }
}

if (folder is null || !File.Exists(Path.Combine(folder, "unittests.cfg")))
{
    Console.Error.WriteLine(folder is null ? Usage : $"conformance: '{folder}' holds no unittests.cfg");
    return 2;
}

DirectoryInfo? root = new(AppContext.BaseDirectory);
while (root is not null && !File.Exists(Path.Combine(root.FullName, "Framework.sln")))
    root = root.Parent;
if (root is null)
{
    Console.Error.WriteLine("conformance: no Framework.sln above this program");
    return 2;
}

string manifest = Path.Combine(root.FullName, "machines", "kvm-unit-tests.yaml");
using PluginCatalog catalog = PluginCatalog.Discover([new PluginRoot(Path.Combine(root.FullName, "artifacts", "dominion", "Release", "plugins"), Optional: false)]);
List<TestSection> sections = [.. TestConfiguration.Parse(File.ReadLines(Path.Combine(folder, "unittests.cfg")))];

// The configuration leaves this one out since its kernel is not run by default.
if (!sections.Exists(section => section.Name == "init"))
    sections.Add(new TestSection { Name = "init", File = "init.flat" });
if (wanted.Except(sections.Select(section => section.Name)).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"conformance: there is no section '{unknown}'");
    return 2;
}

if (logs is not null)
    Directory.CreateDirectory(logs);
bool allPass = true;
foreach (TestSection section in sections.Where(section => wanted.Count == 0 || wanted.Contains(section.Name)))
{
    string? kernels = section.Architecture == "i386" ? folder32 : folder;
    TestMachine machine = TestMachine.For(section, firmware);
    string? missing = machine.Missing is { } what ? $"needs {what}" : kernels is null ? "a 32-bit kernel: --i386 DIR" : null;
    TestResult result;
    if (missing is not null)
    {
        result = new TestResult(section.Name, "skip", "", missing, TimeSpan.Zero);
    }
    else
    {
        TestRun run = new();
        string arguments = section.Arguments.Replace("`date +%s`", DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        string[] boot = [$"domains.test.kernel={Path.GetFullPath(Path.Combine(kernels!, section.File))}", $"domains.test.cmdline=\"{arguments}\""];
        result = await run.RunAsync(section.Name, manifest, [.. machine.Overrides, .. boot], catalog, limit);
        if (logs is not null)
            File.WriteAllText(Path.Combine(logs, section.Name + ".log"), run.ConsoleText);
    }

    allPass &= result.Outcome is "pass" or "skip";
    Console.WriteLine(FormattableString.Invariant($"{result.Section,-34} {result.Outcome,-5} {result.Elapsed.TotalSeconds,6:F1} s  {result.Counts}{(result.Counts.Length != 0 && result.Detail.Length != 0 ? ": " : "")}{result.Detail}"));
}

return allPass ? 0 : 1;
