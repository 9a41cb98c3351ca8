namespace Dominion.Guests.Tests.Machines;

/// <summary>A manifest that a test writes, in a folder of its own that goes away with it.</summary>
internal sealed class ManifestFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dominion-guests-");

    /// <summary>Writes a manifest; <c>guests/</c> in it leads to artifacts/guests.</summary>
    public ManifestFile(string text)
    {
        File.WriteAllText(Path, text.Replace("guests/", Repository.Guest("") + "/"));
    }

    /// <summary>The manifest.</summary>
    public string Path => InFolder("machine.yaml");

    /// <summary>A path beside the manifest.</summary>
    public string InFolder(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
