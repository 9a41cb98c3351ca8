namespace Dominion.FullVirt.Boot;

/// <summary>A file's content for a boot.</summary>
/// <param name="Name">The file's path, for diagnostics.</param>
/// <param name="Content">The bytes.</param>
/// <param name="CommandLine">The command line that goes with it.</param>
internal sealed record BootFile(string Name, ReadOnlyMemory<byte> Content, string CommandLine = "")
{
    /// <summary>What a guest gets to see of the name: the last component of the path.</summary>
    public string GuestName => Path.GetFileName(Name);
}
