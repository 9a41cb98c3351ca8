using System.Globalization;
using System.Text;
using Dominion.Oracle.X86.Forms;

namespace Dominion.Oracle.X86.Reporting;

/// <summary>The table that a check prints: a line a group, and the sum.</summary>
internal static class ResultTable
{
    private static readonly string[] Headings = ["group", "forms", "implemented", "checked", "kernel", "host lacks", "cases", "faults", "software", "mismatches"];

    /// <summary>Writes the table.</summary>
    public static string Format(IReadOnlyList<FormResult> results)
    {
        List<string[]> rows = [Headings];
        foreach (IGrouping<string, FormResult> group in results.GroupBy(result => result.Form.Group).OrderBy(group => Order(group.Key)).ThenBy(group => group.Key, StringComparer.Ordinal))
            rows.Add(Row(group.Key, [.. group]));
        rows.Add(Row("total", results));
        int[] widths = [.. Enumerable.Range(0, Headings.Length).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            text.Append(row[0].PadRight(widths[0]));
            for (int column = 1; column < row.Length; column++)
                text.Append("  ").Append(row[column].PadLeft(widths[column]));
            text.AppendLine();
        }

        return text.ToString();
    }

    private static string[] Row(string name, IReadOnlyList<FormResult> results) =>
    [
        name,
        Number(results.Count),
        Number(results.Count(result => result.IsImplemented)),
        Number(results.Count(result => result.Form.Kind is FormKind.Checked or FormKind.ShapeOnly && result.Cases > 0)),
        Number(results.Count(result => result.Form.Kind is FormKind.Privileged or FormKind.System)),
        Number(results.Count(result => !result.IsRunnable && result.Form.Kind is not (FormKind.Privileged or FormKind.System))),
        Number(results.Sum(result => result.Cases)),
        Number(results.Sum(result => result.Faults)),
        Number(results.Sum(result => result.SoftwareCases)),
        Number(results.Sum(result => result.Mismatches)),
    ];

    private static int Order(string group) => group switch
    {
        "base" => 0,
        "x87" => 1,
        "mmx" => 2,
        _ => 3,
    };

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
