using Dominion.Diagnostics;

namespace Dominion.Host.Control;

/// <summary>Why a machine cannot be controlled; docs/manifest.md lists the ids.</summary>
internal static class ControlDiagnostics
{
    internal static DiagnosticException NameTaken(string name) => new(
        ControlServer.NameTaken, $"a machine named '{name}' runs already", "give this one another name with --name");

    internal static DiagnosticException BadName(string name) => new(ControlServer.BadName, $"'{name}' is no name for a machine", Manifest.MachineName.Rule);

    internal static DiagnosticException NoDirectory(string path, string why) => new(
        "DOM6003", $"the folder '{path}' cannot hold a control socket: {why}", "set XDG_RUNTIME_DIR to a folder that is yours alone");

    internal static DiagnosticException NoMachine(string name, string? suggestion) => new("DOM6004", $"no machine named '{name}' runs", suggestion);

    internal static DiagnosticException NoDomain(string name, IEnumerable<string> domains) => new(
        "DOM6005", $"the machine has no domain '{name}'", Manifest.Suggest.For(name, domains));

    internal static DiagnosticException WhichDomain(IEnumerable<string> domains) => new(
        "DOM6006", "the machine has several domains", $"name one of them: {string.Join(", ", domains)}");

    internal static DiagnosticException NotNow(string domain, string state, string what) => new("DOM6007", $"domain '{domain}' is {state}: it cannot be {what}");

    internal static DiagnosticException NoDisplay(string domain) => new("DOM6008", $"domain '{domain}' has no display", "put the device 'vga' into it");

    internal static DiagnosticException Lost(string name, string why) => new("DOM6009", $"machine '{name}' does not answer: {why}");
}
