using System.Buffers.Binary;
using Dominion.Devices.Split.Block;
using Dominion.Devices.Split.Tests.Fixtures;

namespace Dominion.Devices.Split.Tests.Block;

/// <summary>A block frontend without a guest.</summary>
internal sealed class BlockGuest
{
    public const uint Port = 5;
    private const uint FirstRingPage = 1000;
    private readonly bool _is64Bit;
    private ulong _id;

    public BlockGuest(TestDisk disk, VirtualBlockOptions? options = null, bool is64Bit = true, int order = 0, bool persistent = false, string? protocol = null)
    {
        _is64Bit = is64Bit;
        Disk = disk;
        Backend = new BlockBackend(disk, options ?? new VirtualBlockOptions(), 51712);
        Frontend.Is64Bit = protocol is null && is64Bit;
        if (protocol is not null)
            Frontend.Keys["protocol"] = protocol;
        uint[] pages = [.. Enumerable.Range(0, 1 << order).Select(i => FirstRingPage + (uint)i)];
        foreach (uint page in pages)
            Frontend.Grant(page);
        Ring = new FrontRing(Frontend.View(pages), is64Bit ? 112 : 108);
        if (order == 0)
        {
            Frontend.Keys["ring-ref"] = FirstRingPage.ToString();
        }
        else
        {
            Frontend.Keys["ring-page-order"] = order.ToString();
            foreach (uint page in pages)
                Frontend.Keys[$"ring-ref{page - FirstRingPage}"] = page.ToString();
        }

        Frontend.Keys["event-channel"] = Port.ToString();
        if (persistent)
            Frontend.Keys["feature-persistent"] = "1";
        Connection = Backend.Connect(Frontend);
        Frontend.Run();
    }

    public TestFrontend Frontend { get; } = new();

    public TestDisk Disk { get; }

    public BlockBackend Backend { get; }

    public FrontRing Ring { get; }

    public IDisposable Connection { get; }

    public byte[] Request(byte operation, ulong sector, params (uint Grant, byte First, byte Last)[] segments)
    {
        byte[] request = Start(operation, sector);
        request[1] = (byte)segments.Length;
        for (int i = 0; i < segments.Length && i < 11; i++)
            Segment(segments[i]).CopyTo(request.AsSpan((_is64Bit ? 24 : 20) + (8 * i)));
        return request;
    }

    public byte[] Discard(ulong sector, ulong sectors)
    {
        byte[] request = Start(5, sector);
        BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(_is64Bit ? 24 : 20), sectors);
        return request;
    }

    public byte[] Indirect(byte operation, ulong sector, ushort segments, params uint[] pages)
    {
        byte[] request = Start(6, sector);
        request[1] = operation;
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(2), segments);
        for (int i = 0; i < pages.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan((_is64Bit ? 28 : 24) + (4 * i)), pages[i]);
        return request;
    }

    public static byte[] Segment((uint Grant, byte First, byte Last) segment)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, segment.Grant);
        bytes[4] = segment.First;
        bytes[5] = segment.Last;
        return bytes;
    }

    /// <summary>Sends requests, checks that each has one response with its id and operation, and gives the statuses.</summary>
    public short[] Do(params byte[][] requests)
    {
        foreach (byte[] request in requests)
            Ring.Add(request);
        Ring.Push();
        Frontend.Send(Port);
        Assert.Null(Frontend.Failure);
        List<byte[]> responses = Ring.Take();
        Assert.Equal(requests.Length, responses.Count);
        int idOffset = _is64Bit ? 8 : 4;
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.Equal(requests[i][idOffset..(idOffset + 8)], responses[i][..8]);
            
            // An indirect request is answered with the operation inside it.
            Assert.Equal(requests[i][requests[i][0] == 6 ? 1 : 0], responses[i][8]);
        }

        return [.. responses.Select(response => BinaryPrimitives.ReadInt16LittleEndian(response.AsSpan(10)))];
    }

    private byte[] Start(byte operation, ulong sector)
    {
        byte[] request = new byte[_is64Bit ? 112 : 108];
        request[0] = operation;
        BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(_is64Bit ? 8 : 4), 0xFEDC_0000_0000_0000 + _id++);
        BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(_is64Bit ? 16 : 12), sector);
        return request;
    }
}
