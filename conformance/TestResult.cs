namespace Dominion.Conformance;

/// <summary>What came of a section.</summary>
/// <param name="Section">The section's name.</param>
/// <param name="Outcome">Pass, fail, stop or skip.</param>
/// <param name="Counts">The test's own count, or nothing.</param>
/// <param name="Detail">The reason of what is not a pass.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record TestResult(string Section, string Outcome, string Counts, string Detail, TimeSpan Elapsed);
