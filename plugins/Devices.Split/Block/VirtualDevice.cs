using System.Globalization;
using System.Text.RegularExpressions;
using Dominion.Diagnostics;

namespace Dominion.Devices.Split.Block;

/// <summary>
/// The numbers by which frontends know virtual disks (docs/man/xen-vbd-interface.7.pandoc).
/// <code>
/// xvd, disk and partition below 16   202 &lt;&lt; 8 | disk &lt;&lt; 4 | partition
/// xvd, others                        1 &lt;&lt; 28 | disk &lt;&lt; 8 | partition
/// sd, disk and partition below 16    8 &lt;&lt; 8 | disk &lt;&lt; 4 | partition
/// hd, disks 0 and 1                  3 &lt;&lt; 8 | disk &lt;&lt; 6 | partition
/// hd, disks 2 and 3                  22 &lt;&lt; 8 | (disk - 2) &lt;&lt; 6 | partition
/// </code>
/// </summary>
internal static partial class VirtualDevice
{
    private const int Letters = 26;
    private const int XenMajor = 202;
    private const int ScsiMajor = 8;
    private const int Ide0Major = 3;
    private const int Ide1Major = 22;
    private const int Extended = 1 << 28;
    private const int MostExtendedDisks = 1 << 20;
    private const int MostExtendedPartitions = 256;

    /// <summary>The name of the whole disk with an index.</summary>
    /// <param name="index">The index, from 0.</param>
    /// <returns><c>xvda</c> and so on.</returns>
    public static string NameOf(int index)
    {
        string letters = "";
        for (int left = index; left >= 0; left = (left / Letters) - 1)
            letters = (char)('a' + (left % Letters)) + letters;
        return $"xvd{letters}";
    }

    /// <summary>The name of a whole disk that <see cref="NameOf"/> has named.</summary>
    /// <param name="number">The disk's number.</param>
    /// <returns>The name.</returns>
    public static string NameOfNumber(int number) => NameOf((number & Extended) != 0 ? (number & ~Extended) >> 8 : (number & 0xFF) >> 4);

    /// <summary>The number of a disk or partition.</summary>
    /// <param name="name">Its name: <c>xvda</c>, <c>xvdb1</c>, <c>sda</c>, <c>hdc2</c>.</param>
    /// <returns>The number.</returns>
    /// <exception cref="DiagnosticException">The name is none, or has no number.</exception>
    public static int Parse(string name)
    {
        Match match = Pattern().Match(name);
        if (match.Success
            && TryGetDisk(match.Groups[2].ValueSpan, out int disk)
            && TryGetPartition(match.Groups[3].ValueSpan, out int partition)
            && Number(match.Groups[1].Value, disk, partition) is { } number)
        {
            return number;
        }

        throw new DiagnosticException(SplitDiagnostics.BadTarget, $"'{name}' is no name of a virtual disk", "such as xvda, xvdb1, sda or hda");
    }

    private static int? Number(string kind, int disk, int partition) => (kind, disk, partition) switch
    {
        ("xvd", < 16, < 16) => (XenMajor << 8) | (disk << 4) | partition,
        ("xvd", < MostExtendedDisks, < MostExtendedPartitions) => Extended | (disk << 8) | partition,
        ("sd", < 16, < 16) => (ScsiMajor << 8) | (disk << 4) | partition,
        ("hd", < 2, < 64) => (Ide0Major << 8) | (disk << 6) | partition,
        ("hd", < 4, < 64) => (Ide1Major << 8) | ((disk - 2) << 6) | partition,
        _ => null,
    };

    private static bool TryGetDisk(ReadOnlySpan<char> letters, out int disk)
    {
        disk = -1;
        foreach (char letter in letters)
            disk = ((disk + 1) * Letters) + (letter - 'a');
        return disk < MostExtendedDisks;
    }

    private static bool TryGetPartition(ReadOnlySpan<char> digits, out int partition)
    {
        partition = 0;
        return digits.IsEmpty || int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out partition);
    }

    [GeneratedRegex(@"^(xvd|sd|hd)([a-z]{1,4})([1-9][0-9]{0,3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
