using System.CommandLine;
using System.Runtime.InteropServices;
using Dominion.Cli.Logging;
using Dominion.Diagnostics;
using Dominion.Host.Manifest.Options;
using Dominion.Host.Plugins;
using Dominion.Host.Tools;

namespace Dominion.Cli.Verbs;

/// <summary>The verbs that plugins bring. A plugin is loaded when its verb is on the command line; the others are listed by their metadata.</summary>
internal static class ToolVerb
{
    /// <summary>Adds the tools of the plugins that the command line can see.</summary>
    /// <param name="root">The command line's root; a name that it has already is not taken again.</param>
    /// <param name="arguments">The command line.</param>
    /// <returns>The plugins; disposed by the caller when the command has run. Null when a verb of the program's own is given, which needs none.</returns>
    internal static PluginCatalog? AddTo(RootCommand root, string[] arguments)
    {
        // What comes first is the verb; a directive, such as that of completion, stands before it.
        string? verb = arguments.FirstOrDefault(argument => !argument.StartsWith('[') && !argument.StartsWith('-'));
        if (verb is not null && root.Subcommands.Any(command => command.Name == verb) && !arguments[0].StartsWith('['))
            return null;
        PluginCatalog catalog = PluginCatalog.Discover(PluginRoots.Default(PluginFolders(arguments)));
        ToolRunner runner = new(catalog);
        foreach (ExportDescriptor tool in runner.Tools)
        {
            if (root.Subcommands.All(command => command.Name != tool.Name))
                root.Add(Create(runner, tool, withOptions: arguments.Contains(tool.Name) || arguments.Any(argument => argument.Contains($" {tool.Name}", StringComparison.Ordinal))));
        }

        return catalog;
    }

    private static Command Create(ToolRunner runner, ExportDescriptor tool, bool withOptions)
    {
        Command verb = new(tool.Name, tool.Summary) { CommonOptions.Plugins() };
        ErrorWriter errors = new();
        List<(string Name, Option<string[]> Option)> options = [];
        DiagnosticException? refusal = null;
        try
        {
            foreach (OptionProperty property in withOptions ? runner.Options(tool) : [])
            {
                Option<string[]> option = new($"--{property.Name}")
                {
                    Description = Describe(property),
                    HelpName = property.Type.Kind == OptionKind.Boolean ? "true|false" : property.Name.ToUpperInvariant(),
                    Arity = property.Type.Kind == OptionKind.Boolean ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
                };
                options.Add((property.Name, option));
                verb.Add(option);
            }
        }
        catch (DiagnosticException e)
        {
            refusal = e;
        }

        verb.SetAction(parsed =>
        {
            try
            {
                if (refusal is not null)
                    throw refusal;
                Dictionary<string, IReadOnlyList<string>> values = new(StringComparer.Ordinal);
                foreach ((string name, Option<string[]> option) in options)
                {
                    // An option without a value is a switch.
                    if (parsed.GetResult(option) is not null)
                        values.Add(name, parsed.GetValue(option) is { Length: > 0 } given ? given : ["true"]);
                }

                return Run(runner, tool, values, parsed.InvocationConfiguration.Output, errors);
            }
            catch (DiagnosticException e)
            {
                errors.WriteLine(e.Diagnostic.ToString());
                return ExitCodes.Refused;
            }
        });
        return verb;
    }

    /// <summary>Runs the tool; a signal asks it to end.</summary>
    private static int Run(ToolRunner runner, ExportDescriptor tool, Dictionary<string, IReadOnlyList<string>> values, TextWriter output, ErrorWriter errors)
    {
        using CancellationTokenSource cancellation = new();
        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true;
            cancellation.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        int code = runner.Run(tool, values, output, Console.Error, cancellation.Token, out IReadOnlyList<Diagnostic> diagnostics);
        output.Flush();
        foreach (Diagnostic diagnostic in diagnostics)
            errors.WriteLine(diagnostic.ToString());
        if (diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            return ExitCodes.Refused;
        return cancellation.IsCancellationRequested && code == ExitCodes.Ok ? ExitCodes.Interrupted : code;
    }

    private static string Describe(OptionProperty property)
    {
        string choices = property.Type.Kind == OptionKind.Choice ? $" ({string.Join(", ", Enum.GetNames(property.Type.ClrType).Select(OptionsModel.ManifestName))})" : "";
        string initial = property.Default switch
        {
            null or "" or false or System.Collections.ICollection { Count: 0 } => "",
            Enum choice => $" [default: {OptionsModel.ManifestName(choice.ToString())}]",
            var value => $" [default: {value}]",
        };
        return property.Description + choices + initial;
    }

    private static IEnumerable<string> PluginFolders(string[] arguments)
    {
        for (int i = 0; i + 1 < arguments.Length; i++)
        {
            if (arguments[i] == "--plugins")
                yield return arguments[i + 1];
        }
    }
}
