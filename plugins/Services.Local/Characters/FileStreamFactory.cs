using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Services.Local.Characters;

/// <summary>Makes character streams that end in a file.</summary>
[Service("file", Options = typeof(FileOutputOptions), Summary = "character stream into a file")]
public sealed class FileStreamFactory : IServiceFactory
{
    /// <inheritdoc/>
    public Type Contract => typeof(ICharacterStream);

    /// <inheritdoc/>
    public object Create(IServiceContext context, object? options)
    {
        FileOutputOptions file = (FileOutputOptions)options!;
        string path = file.Path.Value;
        try
        {
            FileStream stream = new(path, file.Append || context.IsRestored ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
            return new FileCharacterStream(stream, context.Log);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new DiagnosticException("DOM3309", $"the stream file '{path}' cannot be written: {error.Message}", "name a file in a folder that may be written");
        }
    }
}
