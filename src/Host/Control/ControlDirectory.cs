using System.Net.Sockets;
using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Platform;

namespace Dominion.Host.Control;

/// <summary>The folder of this user's control sockets: one for each running machine, <c>NAME.sock</c>. What a machine that was killed has left is recognised, as nobody answers there, and removed.</summary>
public static class ControlDirectory
{
    private const string Extension = ".sock";
    private const string LockFile = ".lock";

    /// <summary>The longest path of a socket on Linux and elsewhere, its final zero left out (unix(7)).</summary>
    private const int LongestSocketPath = 103;

    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(10);

    /// <summary>The folder: <c>$XDG_RUNTIME_DIR/dominion</c>, or one of the user's own in the temporary folder.</summary>
    public static string Path
    {
        get
        {
            string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
            return runtime is { Length: > 0 } && System.IO.Path.IsPathRooted(runtime)
                ? System.IO.Path.Combine(runtime, "dominion")
                : System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"dominion-{Environment.UserName}");
        }
    }

    /// <summary>Names of this user's running machines, sorted.</summary>
    /// <returns>The names.</returns>
    /// <exception cref="DiagnosticException">The folder is not this user's alone.</exception>
    public static IReadOnlyList<string> List()
    {
        if (!Directory.Exists(Path))
            return [];
        Ensure();
        using FileStream exclusive = Lock();
        List<string> names = [];
        foreach (string socket in Directory.EnumerateFiles(Path, $"*{Extension}"))
        {
            if (IsAlive(socket))
                names.Add(System.IO.Path.GetFileNameWithoutExtension(socket));
            else
                File.Delete(socket);
        }
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Connects to a machine's socket.</summary>
    internal static async Task<Socket> ConnectAsync(string name, CancellationToken cancellation)
    {
        if (!MachineName.IsValid(name))
            throw ControlDiagnostics.BadName(name);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath(name)), cancellation).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            IReadOnlyList<string> running = List();
            throw ControlDiagnostics.NoMachine(name, running.Count == 0 ? null : Suggest.For(name, running) ?? $"running: {string.Join(", ", running)}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes a name and listens on its socket.</summary>
    /// <param name="wanted">The name.</param>
    /// <param name="isExact">Whether no other will do; otherwise the first that is free of NAME, NAME-2, NAME-3 and so on.</param>
    /// <param name="name">The name that was taken.</param>
    /// <param name="path">The socket's file.</param>
    /// <returns>The listening socket.</returns>
    /// <exception cref="DiagnosticException">The name is taken, or no socket can be made.</exception>
    internal static Socket Listen(string wanted, bool isExact, out string name, out string path)
    {
        if (!MachineName.IsValid(wanted))
            throw ControlDiagnostics.BadName(wanted);
        Ensure();
        using FileStream exclusive = Lock();
        name = wanted;
        for (int number = 2; IsAlive(path = SocketPath(name)); number++)
        {
            if (isExact)
                throw ControlDiagnostics.NameTaken(wanted);
            name = $"{wanted[..Math.Min(wanted.Length, 55)]}-{number}";
        }
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen();
            return socket;
        }
        catch (Exception refused) when (refused is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw ControlDiagnostics.NoDirectory(Path, refused.Message);
        }
    }

    private static string SocketPath(string name)
    {
        string path = System.IO.Path.Combine(Path, name + Extension);
        return path.Length <= LongestSocketPath ? path : throw ControlDiagnostics.NoDirectory(Path, $"the socket's path would be longer than {LongestSocketPath} bytes");
    }

    private static bool IsAlive(string path)
    {
        if (!File.Exists(path))
            return false;
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException refused)
        {
            // Anything else than a refusal, such as a full queue, comes from somebody who is there.
            return refused.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable);
        }
    }

    // The folder must be nobody else's: whoever may write there could put a socket of his own under a machine's name.
    private static void Ensure()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Path);
                return;
            }
            const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Directory.CreateDirectory(Path, Mine);
            if (new DirectoryInfo(Path).LinkTarget is not null)
                throw ControlDiagnostics.NoDirectory(Path, "it is a symbolic link");
            if (!FileOwner.IsThisUser(Path))
                throw ControlDiagnostics.NoDirectory(Path, "it belongs to somebody else");
            if (File.GetUnixFileMode(Path) != Mine)
                throw ControlDiagnostics.NoDirectory(Path, $"others may use it: its mode is {Convert.ToString((int)File.GetUnixFileMode(Path), 8)}, not 700");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw ControlDiagnostics.NoDirectory(Path, refused.Message);
        }
    }

    // Held for moments only, while somebody looks who is there and takes a name.
    private static FileStream Lock()
    {
        FileStream? file = null;
        string path = System.IO.Path.Combine(Path, LockFile);
        if (!SpinWait.SpinUntil(TryOpen, LockLimit))
            throw ControlDiagnostics.NoDirectory(Path, $"'{path}' stays locked");
        return file!;

        bool TryOpen()
        {
            try
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }
}
