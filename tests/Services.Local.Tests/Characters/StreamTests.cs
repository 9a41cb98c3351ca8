using Dominion.Diagnostics;
using Dominion.Plugins;
using Dominion.Services.Local.Characters;

namespace Dominion.Services.Local.Tests.Characters;

public sealed class StreamTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestServiceContext _context = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_reach_the_file_at_once_and_the_rest_at_the_end()
    {
        FilePath path = _folder.Make("log", "old"u8.ToArray());
        FileCharacterStream stream = Open(new FileOutputOptions { Path = path });
        ICharacterLink link = stream.Connect(new Station(), _ => { });
        using (ICharacterLink other = stream.Connect(new Station(), _ => { }))
            other.Write("one "u8);
        link.Write("line\n"u8);
        Assert.Equal("one line\n", ReadShared(path));
        link.Write("rest"u8);
        stream.Dispose();
        Assert.Equal("one line\nrest", File.ReadAllText(path.Value));
        link.Write("late"u8);
        Assert.Equal("one line\nrest", File.ReadAllText(path.Value));
        Assert.Empty(_context.Lines);
    }

    [Fact]
    public void A_file_may_be_appended_to()
    {
        FilePath path = _folder.Make("log", "old "u8.ToArray());
        using (FileCharacterStream stream = Open(new FileOutputOptions { Path = path, Append = true }))
            stream.Connect(new Station(), _ => { }).Write("new"u8);
        Assert.Equal("old new", File.ReadAllText(path.Value));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_refused()
    {
        Assert.Equal("DOM3309", Assert.Throws<DiagnosticException>(() => Open(new FileOutputOptions { Path = _folder["missing/log"] })).Diagnostic.Id);
        Assert.Equal("DOM3309", Assert.Throws<DiagnosticException>(() => Open(new FileOutputOptions { Path = new FilePath(Path.GetTempPath()) })).Diagnostic.Id);
    }

    [Fact]
    public void The_null_stream_takes_all_and_posts_nothing()
    {
        ICharacterStream stream = (ICharacterStream)new NullStreamFactory().Create(_context, null);
        using ICharacterLink link = stream.Connect(new Station(), _ => Assert.Fail("nothing is typed"));
        link.Write("text"u8);
        link.Ready();
    }

    private static string ReadShared(FilePath path)
    {
        using FileStream file = new(path.Value, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(file).ReadToEnd();
    }

    private FileCharacterStream Open(FileOutputOptions options) => (FileCharacterStream)new FileStreamFactory().Create(_context, options);

    private sealed class Station : ICharacterReceiver
    {
        public int Receive(ReadOnlySpan<byte> bytes) => throw new InvalidOperationException("nothing is typed");
    }
}
