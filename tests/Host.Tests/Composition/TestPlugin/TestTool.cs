using Dominion.Cpu;
using Dominion.Plugins;
using Dominion.Tools;

namespace Dominion.Host.Tests.Composition.TestPlugin;

/// <summary>Says what it is given, and which models the named core has.</summary>
[Tool("test-tool", Options = typeof(TestToolOptions), Summary = "A tool that is tested.")]
public sealed class TestTool : Tool<TestToolOptions>
{
    public const int Code = 7;

    protected override int Run(IToolContext context, TestToolOptions options)
    {
        ICpuCoreFactory core = context.Find<ICpuCoreFactory>(ExportKind.CpuCore, options.Name);
        for (int i = 0; i < options.Times; i++)
            context.Output.WriteLine($"{string.Join(' ', options.Words)} {string.Join(' ', core.Models)}");
        return Code;
    }
}
