namespace Dominion.Services.Local.Tests.Network;

/// <summary>A station on a segment, whose deliveries run when the test says so.</summary>
internal sealed class Station : INetworkReceiver
{
    public INetworkLink? Link { get; set; }

    public Queue<Action> Posted { get; } = [];

    public List<byte[]> Received { get; } = [];

    public bool Answer { get; set; }

    public void Receive(ReadOnlySpan<byte> frame)
    {
        Received.Add(frame.ToArray());
        if (Answer)
            Link!.Send(frame);
    }

    public void Send(ulong to, ulong from)
    {
        byte[] frame = new byte[60];
        for (int i = 0; i < 6; i++)
        {
            frame[i] = (byte)(to >> (40 - (8 * i)));
            frame[6 + i] = (byte)(from >> (40 - (8 * i)));
        }

        Link!.Send(frame);
    }

    public void RunOne()
    {
        if (Posted.TryDequeue(out Action? action))
            action();
    }

    public void Run()
    {
        while (Posted.Count > 0)
            RunOne();
    }
}
