namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>A watch of one connection.</summary>
internal sealed class XenStoreWatch
{
    /// <summary>The absolute or special path.</summary>
    public required string Path { get; init; }

    /// <summary>What the client calls it.</summary>
    public required string Token { get; init; }

    /// <summary>The levels below the path that count; negative for all.</summary>
    public int Depth { get; init; } = -1;

    /// <summary>The characters that events of a relative watch leave out.</summary>
    public int Prefix { get; init; }

    /// <summary>An event's path as the client is told it.</summary>
    /// <param name="path">The absolute path, equal to or below <see cref="Path"/>.</param>
    /// <returns>The path.</returns>
    public string PathFor(string path) => path[Prefix..];
}
