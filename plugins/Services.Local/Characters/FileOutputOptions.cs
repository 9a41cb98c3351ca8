using Dominion.Plugins;

namespace Dominion.Services.Local.Characters;

/// <summary>The options of <c>file</c>.</summary>
public sealed class FileOutputOptions
{
    /// <summary>The file that takes what devices send.</summary>
    [PrimaryOption]
    [RequiredOption]
    public FilePath Path { get; set; }

    /// <summary>Whether what is in the file stays before what is sent.</summary>
    public bool Append { get; set; }
}
