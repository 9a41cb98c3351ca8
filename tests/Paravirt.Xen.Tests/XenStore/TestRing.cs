using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

/// <summary>A guest's end of a ring, between two guard areas that must stay as they are.</summary>
internal sealed unsafe class TestRing : IDisposable
{
    private const int PageSize = 4096;
    private const byte Guard = 0xA5;
    private readonly byte* _memory;

    public TestRing(XenStoreService service, int domain)
        : this()
    {
        Connection = service.Introduce(domain, Page, Notify);
    }

    public TestRing()
    {
        _memory = (byte*)NativeMemory.AlignedAlloc(3 * PageSize, PageSize);
        new Span<byte>(_memory, 3 * PageSize).Fill(Guard);
        Page = _memory + PageSize;
    }

    public byte* Page { get; }

    public XenStoreRingConnection Connection { get; set; } = null!;

    public int Notifications { get; private set; }

    public Span<byte> Bytes => new(Page, PageSize);

    public bool GuardsAreWhole =>
        !new ReadOnlySpan<byte>(_memory, PageSize).ContainsAnyExcept(Guard) && !new ReadOnlySpan<byte>(_memory + (2 * PageSize), PageSize).ContainsAnyExcept(Guard);

    public uint this[int offset]
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(Bytes[offset..]);
        set => BinaryPrimitives.WriteUInt32LittleEndian(Bytes[offset..], value);
    }

    public static byte[] Message(uint type, uint request, uint transaction, byte[] payload)
    {
        byte[] message = new byte[16 + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(message, type);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), request);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), transaction);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(12), (uint)payload.Length);
        payload.CopyTo(message, 16);
        return message;
    }

    public void Reattach(XenStoreService service, int domain) => Connection = service.Reattach(domain, Page, Notify);

    public void Notify() => Notifications++;

    /// <summary>Puts bytes into the ring of requests as far as they fit.</summary>
    public int Put(ReadOnlySpan<byte> bytes)
    {
        uint producer = this[2052];
        int count = (int)Math.Min(bytes.Length, 1024 - (producer - this[2048]));
        for (int index = 0; index < count; index++)
            Bytes[(int)((producer + (uint)index) % 1024)] = bytes[index];
        this[2052] = producer + (uint)count;
        return count;
    }

    /// <summary>Takes all bytes out of the ring of responses.</summary>
    public byte[] Take()
    {
        uint consumer = this[2056];
        byte[] bytes = new byte[this[2060] - consumer];
        for (int index = 0; index < bytes.Length; index++)
            bytes[index] = Bytes[1024 + (int)((consumer + (uint)index) % 1024)];
        this[2056] = consumer + (uint)bytes.Length;
        return bytes;
    }

    /// <summary>Takes all there is, with events in between so that more comes.</summary>
    public byte[] Drain()
    {
        List<byte> all = [];
        while (true)
        {
            byte[] bytes = Take();
            if (bytes.Length == 0)
                return [.. all];
            all.AddRange(bytes);
            Connection.OnEvent();
        }
    }

    /// <summary>Sends bytes, however many, and takes all that comes back.</summary>
    public byte[] Exchange(ReadOnlySpan<byte> bytes)
    {
        List<byte> all = [];
        while (bytes.Length > 0)
        {
            int count = Put(bytes);
            bytes = bytes[count..];
            Connection.OnEvent();
            all.AddRange(Drain());
        }

        return [.. all];
    }

    /// <summary>Sends a request and takes its reply, as "type:payload" with | for NUL; events that come with it follow after a blank.</summary>
    public string Ask(uint type, string payload, uint transaction = 0)
    {
        const uint Request = 77;
        byte[] answer = Exchange(Message(type, Request, transaction, Encoding.Latin1.GetBytes(payload.Replace('|', '\0'))));
        return string.Join(' ', Parse(answer).Select(message =>
        {
            bool isEvent = message.Type == 15;
            Assert.Equal(isEvent ? 0 : Request, message.Request);
            Assert.Equal(isEvent ? 0 : transaction, message.Transaction);
            return $"{message.Type}:{message.Payload}";
        }));
    }

    public static List<(uint Type, uint Request, uint Transaction, string Payload)> Parse(ReadOnlySpan<byte> bytes)
    {
        List<(uint, uint, uint, string)> messages = [];
        while (bytes.Length > 0)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
            messages.Add((
                BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
                Encoding.Latin1.GetString(bytes.Slice(16, length)).Replace('\0', '|')));
            bytes = bytes[(16 + length)..];
        }

        return messages;
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
