using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;

namespace Dominion.Cli.Tests;

/// <summary>Running machines under the verbs that control them, each test with a runtime folder of its own.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ControlTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly string _folder = Directory.CreateTempSubdirectory("dom-").FullName;
    private readonly List<Process> _running = [];

    private string Sockets => Path.Combine(_folder, "dominion");

    public void Dispose()
    {
        foreach (Process process in _running)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_domain_is_listed_paused_unpaused_reset_and_destroyed()
    {
        Process machine = await StartAsync("m1", "then: echo", "then: echo");
        using JsonDocument listed = JsonDocument.Parse((await OkAsync("list", "--json")).Output);
        JsonElement found = Assert.Single(listed.RootElement.EnumerateArray());
        Assert.Equal("m1", found.GetProperty("name").GetString());
        Assert.Equal(machine.Id, found.GetProperty("processId").GetInt32());
        Assert.Equal(["d0", "d1"], found.GetProperty("domains").EnumerateArray().Select(domain => domain.GetProperty("name").GetString()));
        Assert.Equal(1, found.GetProperty("domains")[0].GetProperty("vcpuCount").GetInt32());

        await OkAsync("pause", "m1", "d1");
        Assert.Matches(@"m1 +\d+ +d0 +running .* started", (await OkAsync("list")).Output);
        Assert.Matches(@"m1 +\d+ +d1 +paused .* paused", (await OkAsync("list")).Output);
        Assert.Contains("DOM6007", (await RefusedAsync("pause", "m1", "d1")).Error);
        await OkAsync("unpause", "m1", "d1");
        await OkAsync("reboot", "m1", "d1");
        Assert.Matches("d1 +running .* reset", (await OkAsync("list")).Output);
        await OkAsync("destroy", "m1", "d1");
        Assert.Matches("d1 +destroyed", (await OkAsync("list")).Output);

        DominionProcess.Outcome several = await RefusedAsync("pause", "m1");
        Assert.Contains("DOM6006", several.Error);
        Assert.Contains("d0, d1", several.Error);
        DominionProcess.Outcome unknown = await RefusedAsync("pause", "m1", "d2");
        Assert.Contains("DOM6005", unknown.Error);
        await OkAsync("shutdown", "m1", "d0");
        Assert.Equal(0, await DominionProcess.WaitAsync(machine));
        Assert.False(File.Exists(Path.Combine(Sockets, "m1.sock")));
    }

    [Fact]
    public async Task A_machine_is_ended_as_a_whole_and_whoever_asked_is_told()
    {
        Process machine = await StartAsync("m1", "then: loop", "then: echo");
        await OkAsync("stop", "m1");
        Assert.Equal(0, await DominionProcess.WaitAsync(machine));
        Assert.Contains("no machine runs", (await OkAsync("list")).Output);
        DominionProcess.Outcome gone = await RefusedAsync("pause", "m1");
        Assert.Contains("DOM6004", gone.Error);
    }

    [Fact]
    public async Task Two_machines_do_not_have_one_name()
    {
        Process first = await StartAsync("m1", "then: echo");
        DominionProcess.Outcome refused = await RefusedAsync(Arguments("m1", "then: echo"));
        Assert.Contains("error DOM6001", refused.Error);
        Assert.Contains("DOM6002", (await RefusedAsync(Arguments("no name", "then: echo"))).Error);

        // A name that nobody chose makes room.
        Process second = await StartAsync(null, "then: echo");
        Process third = await StartAsync(null, "then: echo");
        string listed = (await OkAsync("list")).Output;
        Assert.Matches(@"(?m)^machine +\d", listed);
        Assert.Matches(@"(?m)^machine-2 +\d", listed);
        await OkAsync("stop", "machine-2");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_removes_the_socket(string signal)
    {
        Process machine = await StartAsync("m1", "then: loop");
        await KillAsync(machine, signal);
        Assert.Equal(130, await DominionProcess.WaitAsync(machine));
        Assert.Empty(Directory.GetFiles(Sockets, "*.sock"));
    }

    [Fact]
    public async Task What_a_killed_machine_leaves_is_recognised()
    {
        Process killed = await StartAsync("m1", "then: loop");
        await KillAsync(killed, "KILL");
        await DominionProcess.WaitAsync(killed);
        Assert.Single(Directory.GetFiles(Sockets, "*.sock"));
        Process next = await StartAsync("m1", "then: echo");
        await KillAsync(next, "KILL");
        await DominionProcess.WaitAsync(next);
        Assert.Contains("no machine runs", (await OkAsync("list")).Output);
        Assert.Empty(Directory.GetFiles(Sockets, "*.sock"));
    }

    [Fact]
    public async Task The_socket_is_its_owners_alone()
    {
        Process machine = await StartAsync("m1", "then: loop");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Sockets));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Sockets, "m1.sock")));
        await OkAsync("stop", "m1");

        // A folder where others can put sockets is not used; the machine runs without.
        File.SetUnixFileMode(Sockets, File.GetUnixFileMode(Sockets) | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        DominionProcess.Outcome outcome = await RunAsync(Arguments("m1", "then: power-off"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("warning DOM6003", outcome.Error);
        Assert.Contains("error DOM6003", (await RefusedAsync("list")).Error);
    }

    [Fact]
    public async Task The_console_is_attached_with_what_it_showed_before()
    {
        Process machine = await StartAsync("m1", "then: echo");
        DominionProcess.Outcome attached = await RunAsync("typed here\nq", ["console", "m1"]);
        Assert.Equal(0, attached.ExitCode);
        Assert.Equal("up\ntyped here\nq", attached.Output);
        Assert.Equal(0, await DominionProcess.WaitAsync(machine));
    }

    [Fact]
    public async Task A_running_machine_gives_a_picture_and_the_hash_of_its_memory()
    {
        Process machine = await StartAsync("m1", "then: echo, display: true");
        string picture = Path.Combine(_folder, "picture.png");
        await OkAsync("screenshot", "m1", picture);
        (int width, uint[] pixels) = PngReader.Read(await File.ReadAllBytesAsync(picture));
        Assert.Equal(3, width);
        Assert.Equal(0xFF0000u, pixels[0]);
        // A scripted domain allocates no frame: the hash is that of nothing.
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n", (await OkAsync("memory-hash", "m1")).Output);
        await OkAsync("stop", "m1");
    }

    [Fact]
    public async Task Broken_and_hostile_clients_do_not_harm_the_machine()
    {
        Process machine = await StartAsync("m1", "then: echo");
        byte[] random = new byte[64 << 10];
        new Random(1).NextBytes(random);
        byte[][] attacks =
        [
            [],
            random,
            [.. random, (byte)'\n'],
            Encoding.UTF8.GetBytes("Content-Length: 2000000000\r\n\r\n{"),
            Encoding.UTF8.GetBytes(new string('[', 100_000) + "\n"),
            Encoding.UTF8.GetBytes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"none\"}\n{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":3}\n"),
            Encoding.UTF8.GetBytes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"dispose\",\"params\":[]}\n"),
            Encoding.UTF8.GetBytes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"type\",\"params\":[null,\"not base64\"]}\n"),
            Encoding.UTF8.GetBytes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"save\",\"params\":[\"/none/such/folder/x\",true]}\n"),
        ];
        foreach (byte[] attack in attacks)
        {
            using Socket client = await ConnectAsync("m1");
            client.Send(attack);
            client.Shutdown(SocketShutdown.Send);
            await DrainAsync(client);
        }

        // A line without an end: the connection is closed long before memory is.
        using (Socket endless = await ConnectAsync("m1"))
        {
            byte[] part = Encoding.UTF8.GetBytes(new string('x', 1 << 20));
            await Assert.ThrowsAsync<SocketException>(async () =>
            {
                for (int i = 0; i < 1000; i++)
                    await endless.SendAsync(part).WaitAsync(Limit);
            });
        }

        // Questions without number, to which nobody listens: at some point nobody reads them either.
        using (Socket deaf = await ConnectAsync("m1"))
        {
            deaf.SendTimeout = 2000;
            byte[] questions = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"{{\"jsonrpc\":\"2.0\",\"id\":{i},\"method\":\"getStatus\",\"params\":[]}}\n")));
            Assert.Throws<SocketException>(() =>
            {
                for (int i = 0; i < 1000; i++)
                    deaf.Send(questions);
            });
        }

        // More clients than are served.
        List<Socket> many = [];
        for (int i = 0; i < 40; i++)
            many.Add(await ConnectAsync("m1"));
        many.ForEach(client => client.Dispose());

        await OkAsync("pause", "m1");
        await OkAsync("unpause", "m1");
        machine.StandardInput.Write("q");
        machine.StandardInput.Close();
        Assert.Equal(0, await DominionProcess.WaitAsync(machine));
    }

    [Fact]
    public async Task A_saved_machine_goes_on_in_another_process()
    {
        string file = Path.Combine(_folder, "m1.dominion");
        Process machine = await StartAsync("m1", "then: echo");
        Assert.Contains("goes on", (await OkAsync("save", "m1", file)).Output);
        Assert.Contains("DOM5110", (await RefusedAsync("save", "m1", Path.Combine(_folder, "none", "file"))).Error);
        Assert.Contains("has ended", (await OkAsync("save", "m1", file, "--stop")).Output);
        Assert.Equal(0, await DominionProcess.WaitAsync(machine));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(["m1.dominion", "machine.yaml"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());

        // The manifest is in the file.
        File.Delete(Path.Combine(_folder, "machine.yaml"));
        DominionProcess.Outcome restored = await RunAsync("after\nq", ["restore", file]);
        Assert.Equal(0, restored.ExitCode);
        Assert.Equal("after\nq", restored.Output);
    }

    [Fact]
    public async Task A_signal_saves_a_machine_that_is_to_be_saved_then()
    {
        string file = Path.Combine(_folder, "m1.dominion");
        Process machine = await StartAsync("m1", ["--save-on-exit", file], "then: echo");
        await KillAsync(machine, "TERM");
        Assert.Equal(0, await DominionProcess.WaitAsync(machine));
        DominionProcess.Outcome restored = await RunAsync("q", ["restore", file, "--name", "m2"]);
        Assert.Equal(0, restored.ExitCode);
        Assert.Equal("q", restored.Output);
    }

    [Fact]
    public async Task What_is_no_saved_machine_is_refused()
    {
        string file = Path.Combine(_folder, "m1.dominion");
        Process machine = await StartAsync("m1", "then: echo");
        await OkAsync("save", "m1", file, "--stop");
        byte[] whole = await File.ReadAllBytesAsync(file);

        await CheckAsync("DOM5101", Path.Combine(_folder, "none"));
        await CheckAsync("DOM5102", _folder);
        await ExpectAsync("DOM5103", "a text"u8.ToArray());
        await ExpectAsync("DOM5103", []);
        await ExpectAsync("DOM5104", With(16, 2));
        await ExpectAsync("DOM5105", whole[..^1]);
        await ExpectAsync("DOM5105", whole[..20]);
        await ExpectAsync("DOM5106", [.. whole, 0]);
        await ExpectAsync("DOM5106", With(whole.Length / 2, (byte)(whole[whole.Length / 2] ^ 1)));

        byte[] With(int offset, byte value)
        {
            byte[] changed = (byte[])whole.Clone();
            changed[offset] = value;
            return changed;
        }

        Task ExpectAsync(string id, byte[] bytes)
        {
            string path = Path.Combine(_folder, "damaged");
            File.WriteAllBytes(path, bytes);
            return CheckAsync(id, path);
        }

        async Task CheckAsync(string id, string path)
        {
            DominionProcess.Outcome outcome = await RefusedAsync("restore", path);
            Assert.Contains($"{path}: error {id}", outcome.Error);
            Assert.Empty(outcome.Output);
        }
    }

    private static async Task KillAsync(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task DrainAsync(Socket client)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (await client.ReceiveAsync(buffer).WaitAsync(Limit) > 0)
            {
                // Whatever the machine answers.
            }
        }
        catch (SocketException)
        {
            // It has closed the connection with something unread.
        }
    }

    private async Task<Socket> ConnectAsync(string name)
    {
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(Sockets, $"{name}.sock")));
        return client;
    }

    private Task<Process> StartAsync(string? name, params string[] scripts) => StartAsync(name, [], scripts);

    /// <summary>Starts a machine and waits until its first domain has said so.</summary>
    private async Task<Process> StartAsync(string? name, string[] options, params string[] scripts)
    {
        Process process = Start([.. Arguments(name, scripts), .. options]);
        _running.Add(process);
        byte[] up = new byte[64];
        string said = "";
        while (!said.Contains("up\n"))
        {
            int count = await process.StandardOutput.BaseStream.ReadAsync(up).AsTask().WaitAsync(Limit);
            Assert.True(count > 0, "the machine ended: " + (count > 0 ? "" : await process.StandardError.ReadToEndAsync()));
            said += Encoding.UTF8.GetString(up, 0, count);
        }
        return process;
    }

    private string[] Arguments(string? name, params string[] scripts)
    {
        string text = "machine: { cpu: { core: scripted, model: none } }\ndomains:\n";
        for (int i = 0; i < scripts.Length; i++)
            text += $"  - {{ name: d{i}, type: scripted, memory: 4KiB, say: \"up\\n\", {scripts[i]} }}\n";
        string path = Path.Combine(_folder, "machine.yaml");
        File.WriteAllText(path, text);
        string[] arguments = ["run", path, "--plugins", RunTests.PluginFolder];
        return name is null ? arguments : [.. arguments, "--name", name];
    }

    private Process Start(string[] arguments)
    {
        ProcessStartInfo start = new(DominionProcess.Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_RUNTIME_DIR"] = _folder;
        return Process.Start(start)!;
    }

    private async Task<DominionProcess.Outcome> OkAsync(params string[] arguments)
    {
        DominionProcess.Outcome outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', arguments)}: {outcome.Error}");
        return outcome;
    }

    private async Task<DominionProcess.Outcome> RefusedAsync(params string[] arguments)
    {
        DominionProcess.Outcome outcome = await RunAsync(arguments);
        Assert.Equal(2, outcome.ExitCode);
        return outcome;
    }

    private Task<DominionProcess.Outcome> RunAsync(params string[] arguments) => RunAsync("", arguments);

    private async Task<DominionProcess.Outcome> RunAsync(string input, string[] arguments)
    {
        using Process process = Start(arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return await DominionProcess.EndAsync(process);
    }
}
