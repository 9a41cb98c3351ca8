namespace Dominion.Host.Manifest;

/// <summary>A manifest that is read and has its overrides applied, but is not bound to any plugin.</summary>
/// <param name="Path">The file as the user named it.</param>
/// <param name="Folder">The absolute path of the folder that relative paths start from.</param>
/// <param name="Root">The whole text's nodes.</param>
public sealed record ManifestDocument(string Path, string Folder, ManifestMapping Root);
