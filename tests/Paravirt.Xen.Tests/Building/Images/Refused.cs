using Dominion.Diagnostics;

namespace Dominion.Paravirt.Xen.Tests.Building.Images;

/// <summary>Asserts that something is refused with a diagnostic.</summary>
internal static class Refused
{
    public static void With(string id, string part, Action action)
    {
        DiagnosticException exception = Assert.Throws<DiagnosticException>(action);
        Assert.Equal(id, exception.Diagnostic.Id);
        Assert.Contains(part, exception.Diagnostic.Message, StringComparison.Ordinal);
    }
}
