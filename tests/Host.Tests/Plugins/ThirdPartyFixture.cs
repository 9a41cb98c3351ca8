using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Dominion.Host.Tests.Plugins;

/// <summary>Packs the contracts and builds the third-party plugins against the package, as their authors would; once for all tests.</summary>
public sealed class ThirdPartyFixture : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    public ThirdPartyFixture()
    {
        string root = RepositoryRoot();
        Folder = Directory.CreateTempSubdirectory("dominion-fixtures-").FullName;
        string contracts = typeof(Dominion.Plugins.ContractLevel).Assembly.Location;

        // A version of its own for each content: NuGet never looks again at a version that it knows.
        string version = $"0.1.0-t{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(contracts)))[..12]}";
        string feed = Path.Combine(Folder, "feed");
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Directory.CreateDirectory(packages);
        Run("pack", Path.Combine(root, "src/Abstractions"), "--no-build", "-c", Configuration, $"-p:PackageVersion={version}", "-o", feed);

        // The sources are copied, so that a build leaves nothing in the repository and two never meet.
        string sources = Path.Combine(Folder, "sources");
        Copy(Path.Combine(root, "tests/Fixtures"), sources);
        string[] properties =
        [
            "-c", "Release", "-m:1", "-nodeReuse:false", $"-p:DominionFeed={feed}", $"-p:DominionVersion={version}",
            $"-p:RestorePackagesPath={Path.Combine(root, "artifacts/fixture-packages")}", $"-p:RestoreFallbackFolders={packages}",
        ];
        Run(["build", Path.Combine(sources, "Acme.Uart"), "-o", UartFolder, .. properties]);
        Run(["build", Path.Combine(sources, "Acme.Broken/Variants.proj"), .. properties]);
        BrokenFolder = Path.Combine(sources, "Acme.Broken/bin/Release");
    }

    /// <summary>A temporary folder that goes with the fixture.</summary>
    public string Folder { get; }

    /// <summary>The folder of the plugin acme.uart.</summary>
    public string UartFolder => Path.Combine(Folder, "Acme.Uart");

    /// <summary>The folder that holds a folder for each variant of Acme.Broken.</summary>
    public string BrokenFolder { get; }

    /// <summary>Makes a plugin root that holds copies of some plugin folders.</summary>
    public string MakeRoot(params (string Name, string Source)[] plugins)
    {
        string root = Directory.CreateDirectory(Path.Combine(Folder, "roots", Guid.NewGuid().ToString("N"))).FullName;
        foreach ((string name, string source) in plugins)
            Copy(source, Path.Combine(root, name));
        return root;
    }

    /// <summary>A variant of Acme.Broken, by its name as the plugin folder's name too.</summary>
    public (string Name, string Source) Broken(string variant) => (variant, Path.Combine(BrokenFolder, variant));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static string RepositoryRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));

    private static void Copy(string source, string destination)
    {
        Directory.CreateDirectory(destination);
        foreach (string file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(destination, Path.GetFileName(file)));
        foreach (string folder in Directory.GetDirectories(source))
        {
            if (Path.GetFileName(folder) is not ("bin" or "obj"))
                Copy(folder, Path.Combine(destination, Path.GetFileName(folder)));
        }
    }

    private static void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // The test host's own MSBuild settings are not the fixtures'.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{output}\n{errors.GetAwaiter().GetResult()}");
    }
}
