using System.Buffers;
using System.Globalization;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>Paths: absolute from <c>/</c>, relative to a domain's own, or special with <c>@</c> (docs/misc/xenstore.txt).</summary>
internal static class XenStorePath
{
    /// <summary>The root.</summary>
    public const string Root = "/";

    /// <summary>Fires when a domain is introduced.</summary>
    public const string IntroduceDomain = "@introduceDomain";

    /// <summary>Fires when a domain shuts down, is released or destroyed.</summary>
    public const string ReleaseDomain = "@releaseDomain";

    private static readonly SearchValues<char> Valid = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/_@");

    /// <summary>The path that a domain's relative paths start from.</summary>
    /// <param name="domain">The domain.</param>
    /// <returns><c>/local/domain/N</c>.</returns>
    public static string OfDomain(int domain) => "/local/domain/" + domain.ToString(CultureInfo.InvariantCulture);

    /// <summary>Makes a client's path absolute.</summary>
    /// <param name="path">What the client sent.</param>
    /// <param name="domain">The client's domain.</param>
    /// <param name="allowSpecial">Whether a path may start with <c>@</c>.</param>
    /// <param name="absolute">The absolute path.</param>
    /// <param name="relative">Whether it was relative.</param>
    /// <returns>Whether the path is one.</returns>
    public static bool TryResolve(string path, int domain, bool allowSpecial, out string absolute, out bool relative)
    {
        absolute = "";
        relative = false;
        if (path is [] || path.AsSpan().ContainsAnyExcept(Valid) || (path[0] == '@' && !allowSpecial))
            return false;
        relative = path[0] is not ('/' or '@');
        if (path.Length > (relative ? XenStoreWire.RelativePathMaximum : XenStoreWire.AbsolutePathMaximum))
            return false;
        if (path.Contains("//", StringComparison.Ordinal) || (path[^1] == '/' && path != Root))
            return false;
        absolute = relative ? $"{OfDomain(domain)}/{path}" : path;
        return true;
    }

    /// <summary>A path's parent; the root for the root, for its children and for special paths.</summary>
    /// <param name="path">An absolute path.</param>
    /// <returns>The parent.</returns>
    public static string ParentOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash <= 0 ? Root : path[..slash];
    }

    /// <summary>A path's last name.</summary>
    /// <param name="path">An absolute path, not the root.</param>
    /// <returns>The name.</returns>
    public static string LeafOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>A child's path.</summary>
    /// <param name="parent">The parent.</param>
    /// <param name="leaf">The child's name.</param>
    /// <returns>The path.</returns>
    public static string Child(string parent, string leaf) => parent == Root ? Root + leaf : $"{parent}/{leaf}";

    /// <summary>Whether a path is another or below it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="ancestor">The other.</param>
    /// <param name="depth">How many levels below count; negative for all.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsWithin(string path, string ancestor, int depth = -1)
    {
        if (!path.StartsWith(ancestor, StringComparison.Ordinal))
            return false;
        if (path.Length == ancestor.Length)
            return true;
        ReadOnlySpan<char> rest = ancestor == Root ? path : path.AsSpan(ancestor.Length);
        return rest[0] == '/' && (depth < 0 || rest.Count('/') <= depth);
    }
}
