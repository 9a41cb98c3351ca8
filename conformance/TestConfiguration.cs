using System.Globalization;

namespace Dominion.Conformance;

/// <summary>Reads <c>unittests.cfg</c>: sections in brackets with lines of <c>key = value</c>; <c>#</c> starts a comment line.</summary>
internal static class TestConfiguration
{
    /// <summary>Reads the sections in the file's order.</summary>
    /// <param name="lines">The file's lines.</param>
    /// <returns>The sections.</returns>
    public static IReadOnlyList<TestSection> Parse(IEnumerable<string> lines)
    {
        List<TestSection> sections = [];
        foreach (string raw in lines)
        {
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] == '[' && line[^1] == ']')
            {
                sections.Add(new TestSection { Name = line[1..^1] });
                continue;
            }

            int sign = line.IndexOf('=', StringComparison.Ordinal);
            if (sign > 0 && sections.Count != 0)
                sections[^1] = With(sections[^1], line[..sign].TrimEnd(), line[(sign + 1)..].TrimStart());
        }

        return sections;
    }

    private static TestSection With(TestSection section, string key, string value) => key switch
    {
        "file" => section with { File = value },
        "smp" => section with { Processors = int.Parse(value, CultureInfo.InvariantCulture) },
        "test_args" => section with { Arguments = value.Trim('\'', '"') },
        "qemu_params" or "extra_params" => section with { Options = value },
        "arch" => section with { Architecture = value },
        "accel" => section with { Accelerator = value },
        "groups" => section with { Groups = value },
        _ => section,
    };
}
