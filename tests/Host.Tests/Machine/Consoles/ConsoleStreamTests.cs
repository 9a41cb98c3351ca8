using Dominion.Host.Machine.Consoles;
using Dominion.Persistence;
using Dominion.Services;
using FsCheck;
using FsCheck.Fluent;
using Moq;

namespace Dominion.Host.Tests.Machine.Consoles;

public sealed class ConsoleStreamTests
{
    private readonly Mock<IConsoleOutput> _output = new();
    private readonly Queue<Action> _posts = new();
    private readonly ConsoleStream _console;

    public ConsoleStreamTests()
    {
        _console = new ConsoleStream(_output.Object);
    }

    [Fact]
    public void What_is_typed_before_a_device_attaches_waits_for_it()
    {
        _console.Type("early"u8);
        Receiver device = new(room: 100);
        _console.Connect(device, _posts.Enqueue);
        Assert.Empty(device.Bytes);
        RunPosts();
        Assert.Equal("early"u8, device.Bytes.ToArray());
    }

    [Fact]
    public void A_device_that_takes_less_gets_the_rest_when_it_is_ready()
    {
        Receiver device = new(room: 3);
        ICharacterLink link = _console.Connect(device, _posts.Enqueue);
        _console.Type("abcdef"u8);
        RunPosts();
        Assert.Equal("abc"u8, device.Bytes.ToArray());
        Assert.Equal(3, _console.Waiting);

        device.Room = 2;
        link.Ready();
        RunPosts();
        Assert.Equal("abcde"u8, device.Bytes.ToArray());

        device.Room = 10;
        link.Ready();
        RunPosts();
        Assert.Equal("abcdef"u8, device.Bytes.ToArray());
        Assert.Equal(0, _console.Waiting);
    }

    [Fact]
    public void A_device_that_is_ready_inside_its_receive_is_not_forgotten()
    {
        Receiver device = new(room: 1);
        ICharacterLink link = _console.Connect(device, _posts.Enqueue);
        device.OnReceive = () =>
        {
            device.Room = 1;
            link.Ready();
        };
        _console.Type("abc"u8);
        RunPosts();
        Assert.Equal("abc"u8, device.Bytes.ToArray());
    }

    [Fact]
    public void The_last_device_gets_what_is_typed_until_it_detaches()
    {
        Receiver first = new(room: 100);
        Receiver second = new(room: 100);
        _console.Connect(first, _posts.Enqueue);
        ICharacterLink link = _console.Connect(second, _posts.Enqueue);
        _console.Type("2"u8);
        RunPosts();
        link.Dispose();
        link.Dispose();
        _console.Type("1"u8);
        RunPosts();
        Assert.Equal("1"u8, first.Bytes.ToArray());
        Assert.Equal("2"u8, second.Bytes.ToArray());
    }

    [Fact]
    public void Typing_stops_at_the_capacity_and_nothing_is_lost_in_any_order_of_room()
    {
        Gen<int[]> steps = Gen.ArrayOf(Gen.Choose(0, 90_000));
        Prop.ForAll(steps.ToArbitrary(), Holds).QuickCheckThrowOnFailure();

        static bool Holds(int[] steps)
        {
            Queue<Action> posts = new();
            ConsoleStream console = new(Mock.Of<IConsoleOutput>());
            Receiver device = new(room: 0);
            ICharacterLink link = console.Connect(device, posts.Enqueue);
            List<byte> typed = [];
            foreach (int step in steps)
            {
                if (step % 2 == 0)
                {
                    byte[] bytes = [.. Enumerable.Range(typed.Count, step).Select(i => (byte)(i * 31))];
                    int taken = console.Type(bytes);
                    if (taken != Math.Min(bytes.Length, ConsoleStream.Capacity - (typed.Count - device.Bytes.Count)))
                        return false;
                    typed.AddRange(bytes.Take(taken));
                }
                else
                {
                    device.Room += step;
                    link.Ready();
                }
                while (posts.TryDequeue(out Action? post))
                    post();
            }
            device.Room = int.MaxValue;
            link.Ready();
            while (posts.TryDequeue(out Action? post))
                post();
            return device.Bytes.SequenceEqual(typed);
        }
    }

    [Fact]
    public async Task Whoever_types_too_much_waits_for_room()
    {
        Receiver device = new(room: 0);
        ICharacterLink link = _console.Connect(device, _posts.Enqueue);
        byte[] much = new byte[ConsoleStream.Capacity + 1000];
        Task typing = Task.Run(() => _console.TypeAll(much));
        SpinWait.SpinUntil(() => _console.Waiting == ConsoleStream.Capacity, TimeSpan.FromSeconds(30));
        Assert.False(typing.IsCompleted);

        device.Room = int.MaxValue;
        link.Ready();
        while (!typing.IsCompleted || _console.Waiting > 0)
        {
            RunPosts();
            await Task.Yield();
        }
        Assert.Equal(much.Length, device.Bytes.Count);
    }

    [Fact]
    public void What_waits_survives_save_and_restore()
    {
        _console.Type("saved"u8);
        using MemoryStream state = new();
        _console.Save(new StateWriter(state));
        state.Position = 0;
        ConsoleStream other = new(_output.Object);
        Receiver device = new(room: 100);
        other.Connect(device, _posts.Enqueue);
        other.Restore(new StateReader(state));
        RunPosts();
        Assert.Equal("saved"u8, device.Bytes.ToArray());
    }

    [Fact]
    public void What_devices_send_is_shown_at_once()
    {
        RecordingOutput output = new();
        ConsoleStream console = new(output);
        console.Connect(new Receiver(0), _posts.Enqueue).Write("one "u8);
        console.Connect(new Receiver(0), _posts.Enqueue).Write("two"u8);
        Assert.Equal("one two"u8, output.Bytes.ToArray());
    }

    private void RunPosts()
    {
        lock (_posts)
        {
            while (_posts.TryDequeue(out Action? post))
                post();
        }
    }

    private sealed class Receiver(int room) : ICharacterReceiver
    {
        public int Room { get; set; } = room;

        public List<byte> Bytes { get; } = [];

        public Action? OnReceive { get; set; }

        public int Receive(ReadOnlySpan<byte> bytes)
        {
            int taken = Math.Min(Room, bytes.Length);
            Bytes.AddRange(bytes[..taken]);
            Room -= taken;
            OnReceive?.Invoke();
            return taken;
        }
    }

    private sealed class RecordingOutput : IConsoleOutput
    {
        public List<byte> Bytes { get; } = [];

        public void Write(ReadOnlySpan<byte> bytes) => Bytes.AddRange(bytes);
    }
}
