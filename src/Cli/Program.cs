using System.CommandLine;
using System.CommandLine.Invocation;
using Dominion.Cli;
using Dominion.Cli.Verbs;
using Dominion.Host.Plugins;

RootCommand root = new("Runs x86 machines that are composed from plugins by a manifest.")
{
    RunVerb.Create(),
    RestoreVerb.Create(),
    ListVerb.Create(),
    ConsoleVerb.Create(),
    PauseVerb.Create(),
    UnpauseVerb.Create(),
    ShutdownVerb.Create(),
    RebootVerb.Create(),
    DestroyVerb.Create(),
    StopVerb.Create(),
    SaveVerb.Create(),
    ScreenshotVerb.Create(),
    MemoryHashVerb.Create(),
    ValidateVerb.Create(),
    PluginsVerb.Create(),
    SchemaVerb.Create(),
    CompletionVerb.Create(),
};
using PluginCatalog? tools = ToolVerb.AddTo(root, args);
ParseResult parsed = root.Parse(args);

// The run verb handles signals itself, and a defect of ours shows its stack.
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
if (parsed.Action is not ParseErrorAction)
    return await parsed.InvokeAsync(configuration);

configuration.Output = Console.Error;
await parsed.InvokeAsync(configuration);
return ExitCodes.Refused;
