using System.Diagnostics.CodeAnalysis;

namespace Dominion.Guests.Initrd;

/// <summary>What goes into an initial RAM disk.</summary>
/// <param name="Busybox">A statically linked busybox.</param>
/// <param name="Output">The file to write.</param>
/// <param name="ModuleRoot">The folder of a kernel's modules, or null.</param>
/// <param name="Modules">Names of modules to take, with what they depend on.</param>
internal sealed record InitrdOptions(string Busybox, string Output, string? ModuleRoot, IReadOnlyList<string> Modules)
{
    /// <summary>Parses a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="options">The options on success.</param>
    /// <returns>Whether the arguments are right.</returns>
    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out InitrdOptions? options)
    {
        options = null;
        string? busybox = null;
        string? output = null;
        string? root = null;
        List<string> modules = [];
        if (arguments.Length % 2 != 0)
            return false;
        for (int i = 0; i < arguments.Length; i += 2)
        {
            switch (arguments[i])
            {
                case "--busybox":
                    busybox = arguments[i + 1];
                    break;
                case "--output":
                    output = arguments[i + 1];
                    break;
                case "--modules":
                    root = arguments[i + 1];
                    break;
                case "--module":
                    modules.Add(arguments[i + 1]);
                    break;
                default:
                    return false;
            }
        }

        if (busybox is null || output is null || (modules.Count != 0 && root is null))
            return false;
        options = new InitrdOptions(busybox, output, root, modules);
        return true;
    }
}
