namespace Dominion.Paravirt.Xen.Tests.Building.Images;

/// <summary>The real kernels that eng/get-guests and eng/get-firmware put into artifacts/guests.</summary>
internal static class RealKernels
{
    private static readonly string Folder = FindFolder();

    /// <summary>The path of a kernel.</summary>
    public static string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>The bytes of a kernel.</summary>
    public static byte[] Read(string name) => File.ReadAllBytes(Path(name));

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Framework.sln")))
                return System.IO.Path.Combine(folder.FullName, "artifacts", "guests");
        }

        throw new InvalidOperationException($"no Framework.sln above {AppContext.BaseDirectory}");
    }
}
