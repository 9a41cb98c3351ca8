using System.Numerics;

namespace Dominion.Devices.Split.Tests.Fixtures;

/// <summary>The frontend's end of a ring (xen/include/public/io/ring.h).</summary>
internal sealed class FrontRing
{
    private readonly TestMemory _memory;
    private readonly int _entrySize;
    private uint _requests;
    private uint _responses;

    public FrontRing(TestMemory memory, int entrySize)
    {
        _memory = memory;
        _entrySize = entrySize;
        Count = 1 << BitOperations.Log2((uint)((memory.Length - 64) / entrySize));
        memory.WriteUInt32(4, 1);
        memory.WriteUInt32(12, 1);
    }

    public int Count { get; }

    public uint RequestEvent => _memory.ReadUInt32(4);

    public uint ResponseProducer => _memory.ReadUInt32(8);

    /// <summary>Writes the next request; <see cref="Push"/> shows it.</summary>
    public void Add(ReadOnlySpan<byte> request) => _memory.Write(64 + ((int)(_requests++ % (uint)Count) * _entrySize), request);

    /// <summary>Shows the requests.</summary>
    /// <returns>Whether the backend wants an event.</returns>
    public bool Push()
    {
        uint before = _memory.ReadUInt32(0);
        _memory.WriteUInt32(0, _requests);
        return _requests - RequestEvent < _requests - before;
    }

    /// <summary>Takes the responses that are there, and asks for an event with the next one.</summary>
    public List<byte[]> Take()
    {
        List<byte[]> taken = [];
        for (; _responses != ResponseProducer; _responses++)
        {
            byte[] response = new byte[_entrySize];
            _memory.Read(64 + ((int)(_responses % (uint)Count) * _entrySize), response);
            taken.Add(response);
        }

        _memory.WriteUInt32(12, _responses + 1);
        return taken;
    }
}
