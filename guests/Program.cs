using Dominion.Guests.Builtin;
using Dominion.Guests.Initrd;
using Dominion.Guests.Pv;

const string Usage = """
    usage: Guests images DIRECTORY
           Guests initrd --busybox FILE --output FILE [--modules DIRECTORY --module NAME...]
    """;

try
{
    switch (args)
    {
        case ["images", string directory]:
            Directory.CreateDirectory(directory);
            foreach (BuiltinGuest guest in BuiltinGuest.All)
                File.WriteAllBytes(Path.Combine(directory, guest.Name + ".elf"), guest.Build());
            foreach (PvGuest guest in PvGuest.All)
                File.WriteAllBytes(Path.Combine(directory, guest.Name + ".elf"), guest.Build());
            return 0;
        case ["initrd", .. string[] rest] when InitrdOptions.TryParse(rest, out InitrdOptions? options):
            InitrdBuilder.Write(options);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
{
    Console.Error.WriteLine($"Guests: {e.Message}");
    return 1;
}
