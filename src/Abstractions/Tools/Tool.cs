namespace Dominion.Tools;

/// <summary>A tool with typed options.</summary>
/// <typeparam name="TOptions">The export's options type.</typeparam>
public abstract class Tool<TOptions> : ITool
    where TOptions : class
{
    /// <inheritdoc/>
    int ITool.Run(IToolContext context, object? options) => Run(context, (TOptions)options!);

    /// <inheritdoc cref="ITool.Run"/>
    protected abstract int Run(IToolContext context, TOptions options);
}
