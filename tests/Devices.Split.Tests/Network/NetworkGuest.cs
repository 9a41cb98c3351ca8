using System.Buffers.Binary;
using Dominion.Devices.Split.Network;
using Dominion.Devices.Split.Tests.Fixtures;

namespace Dominion.Devices.Split.Tests.Network;

/// <summary>A network frontend without a guest.</summary>
internal sealed class NetworkGuest
{
    public const uint TransmitPort = 3;
    public const uint ReceivePort = 4;
    public const uint TransmitPage = 1;
    public const uint ReceivePage = 2;

    public NetworkGuest(params (string Key, string Value)[] keys)
    {
        Frontend.Grant(TransmitPage);
        Frontend.Grant(ReceivePage);
        Transmit = new FrontRing(Frontend.View(TransmitPage), 12);
        Receive = new FrontRing(Frontend.View(ReceivePage), 8);
        Frontend.Keys["tx-ring-ref"] = $"{TransmitPage}";
        Frontend.Keys["rx-ring-ref"] = $"{ReceivePage}";
        Frontend.Keys["event-channel-tx"] = $"{TransmitPort}";
        Frontend.Keys["event-channel-rx"] = $"{ReceivePort}";
        Frontend.Keys["request-rx-copy"] = "1";
        Frontend.Keys["feature-sg"] = "1";
        foreach ((string key, string value) in keys)
            Frontend.Keys[key] = value;
        Backend = new NetworkBackend(new TestContext(), Segment, new MacAddress(0x00163e000001), 4);
        Connection = Backend.Connect(Frontend);
        Frontend.Run();
    }

    public TestFrontend Frontend { get; } = new();

    public TestSegment Segment { get; } = new();

    public NetworkBackend Backend { get; }

    public IDisposable Connection { get; }

    public FrontRing Transmit { get; }

    public FrontRing Receive { get; }

    public static byte[] Slot(uint grant, int offset, int flags, int id, int size)
    {
        byte[] slot = new byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(slot, grant);
        BinaryPrimitives.WriteUInt16LittleEndian(slot.AsSpan(4), (ushort)offset);
        BinaryPrimitives.WriteUInt16LittleEndian(slot.AsSpan(6), (ushort)flags);
        BinaryPrimitives.WriteUInt16LittleEndian(slot.AsSpan(8), (ushort)id);
        BinaryPrimitives.WriteUInt16LittleEndian(slot.AsSpan(10), (ushort)size);
        return slot;
    }

    public static byte[] Gso(int size, byte kind) => [1, 0, (byte)size, (byte)(size >> 8), kind, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Sends slots and gives each one's response: the id and the status.</summary>
    public (int Id, short Status)[] Send(params byte[][] slots)
    {
        foreach (byte[] slot in slots)
            Transmit.Add(slot);
        Transmit.Push();
        Frontend.Send(TransmitPort);
        return [.. Transmit.Take().Select(bytes => ((int)BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2))))];
    }

    /// <summary>Puts a packet into pages and sends it, with extra infos.</summary>
    public (int Id, short Status)[] SendPacket(byte[] packet, int flags = 0, params byte[][] extras)
    {
        List<byte[]> slots = [];
        int pages = (packet.Length + 4095) / 4096;
        for (int i = 0; i < pages; i++)
        {
            int size = Math.Min(4096, packet.Length - (4096 * i));
            packet.AsSpan(4096 * i, size).CopyTo(Frontend.Grant(100 + (uint)i));
            int more = i + 1 < pages ? 4 : 0;
            slots.Add(Slot(100 + (uint)i, 0, (i == 0 ? flags | (extras.Length > 0 ? 8 : 0) : 0) | more, 50 + i, i == 0 ? packet.Length : size));
            if (i == 0)
                slots.AddRange(extras);
        }

        return Send([.. slots]);
    }

    /// <summary>Gives the backend pages to receive in.</summary>
    public void Offer(params uint[] grants)
    {
        for (int i = 0; i < grants.Length; i++)
        {
            byte[] request = new byte[8];
            BinaryPrimitives.WriteUInt16LittleEndian(request, (ushort)(grants[i] + 7));
            BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(4), grants[i]);
            Receive.Add(request);
        }

        Receive.Push();
    }

    /// <summary>The receive ring's responses: id, offset, flags and status.</summary>
    public (int Id, int Offset, int Flags, int Status)[] TakeReceived() => [.. Receive.Take().Select(bytes => (
        (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2)),
        (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(4)),
        (int)BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(6))))];
}
