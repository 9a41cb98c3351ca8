using Dominion.Plugins;

namespace Dominion.Services.Local.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dominion-test-");

    public FilePath this[string name] => new(Path.Combine(_folder.FullName, name));

    public FilePath Make(string name, byte[] bytes)
    {
        FilePath path = this[name];
        File.WriteAllBytes(path.Value, bytes);
        return path;
    }

    public FilePath Make(string name, int length, byte fill = 0)
    {
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill(fill);
        return Make(name, bytes);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
