namespace Dominion.Guests.Initrd;

/// <summary>Writes an initial RAM disk with busybox, a first process and drivers.</summary>
internal static class InitrdBuilder
{
    private const string InitResource = "Dominion.Guests.Initrd.init.sh";

    /// <summary>Writes the archive; the output appears whole or not at all.</summary>
    /// <param name="options">What goes in.</param>
    public static void Write(InitrdOptions options)
    {
        string partial = $"{options.Output}.{Environment.ProcessId}.partial";
        using (FileStream stream = File.Create(partial))
            Write(options, stream);
        File.Move(partial, options.Output, overwrite: true);
    }

    /// <summary>Writes the archive to a stream.</summary>
    /// <param name="options">What goes in.</param>
    /// <param name="stream">Where to.</param>
    public static void Write(InitrdOptions options, Stream stream)
    {
        CpioWriter archive = new(stream);
        foreach (string folder in (string[])["bin", "dev", "etc", "lib", "lib/modules", "proc", "root", "sbin", "sys", "tmp"])
            archive.Directory(folder);
        archive.CharacterDevice("dev/console", 5, 1);
        archive.File("bin/busybox", File.ReadAllBytes(options.Busybox), executable: true);
        archive.Link("sbin/modprobe", "/bin/busybox");
        archive.File("init", ReadInit(), executable: true);
        if (options.ModuleRoot is not null)
            WriteModules(archive, options.ModuleRoot, options.Modules);
        archive.End();
    }

    private static void WriteModules(CpioWriter archive, string root, IReadOnlyList<string> names)
    {
        KernelModuleSet modules = new(root);
        foreach (string name in names)
            modules.Add(name);
        string home = $"lib/modules/{modules.Release}";
        archive.Directory(home);
        HashSet<string> folders = [];
        foreach (KernelModule module in modules.Modules)
        {
            for (int slash = module.Path.IndexOf('/'); slash >= 0; slash = module.Path.IndexOf('/', slash + 1))
            {
                if (folders.Add(module.Path[..slash]))
                    archive.Directory($"{home}/{module.Path[..slash]}");
            }

            archive.File($"{home}/{module.Path}", module.Content);
        }

        archive.File($"{home}/modules.dep", System.Text.Encoding.UTF8.GetBytes(modules.Dependencies()));
        archive.File($"{home}/modules.alias", System.Text.Encoding.UTF8.GetBytes(modules.Aliases()));
    }

    private static byte[] ReadInit()
    {
        using Stream resource = typeof(InitrdBuilder).Assembly.GetManifestResourceStream(InitResource)
            ?? throw new InvalidOperationException($"the resource {InitResource} is missing");
        using MemoryStream copy = new();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
