using System.Buffers.Binary;
using System.Text;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>Encodes ACPI machine language (ACPI 6.5, chapter 20): each member gives the bytes of one term.</summary>
internal static class Aml
{
    private const byte ExtendedPrefix = 0x5B;

    /// <summary>The bytes of several terms, one after the other.</summary>
    /// <param name="terms">The terms.</param>
    /// <returns>The bytes.</returns>
    public static byte[] Join(params IEnumerable<byte[]> terms) => [.. terms.SelectMany(term => term)];

    /// <summary>Scope (NameString) { terms }.</summary>
    /// <param name="path">The scope's path.</param>
    /// <param name="terms">What is in it.</param>
    /// <returns>The term.</returns>
    public static byte[] Scope(string path, params IEnumerable<byte[]> terms) => [0x10, .. WithLength([.. NameString(path), .. Join(terms)])];

    /// <summary>Device (NameString) { terms }.</summary>
    /// <param name="name">The device's name.</param>
    /// <param name="terms">What is in it.</param>
    /// <returns>The term.</returns>
    public static byte[] Device(string name, params IEnumerable<byte[]> terms) =>
        [ExtendedPrefix, 0x82, .. WithLength([.. NameString(name), .. Join(terms)])];

    /// <summary>Method (NameString, argumentCount) { terms }.</summary>
    /// <param name="name">The method's name.</param>
    /// <param name="argumentCount">0 to 7.</param>
    /// <param name="terms">What it does.</param>
    /// <returns>The term.</returns>
    public static byte[] Method(string name, int argumentCount, params IEnumerable<byte[]> terms) =>
        [0x14, .. WithLength([.. NameString(name), (byte)argumentCount, .. Join(terms)])];

    /// <summary>Store (Arg0, NameString).</summary>
    /// <param name="name">The object that takes it.</param>
    /// <returns>The term.</returns>
    public static byte[] StoreArgument(string name) => [0x70, 0x68, .. NameString(name)];

    /// <summary>If (NameString) { term }: when the object's value is not 0.</summary>
    /// <param name="name">The object.</param>
    /// <param name="term">What is done then.</param>
    /// <returns>The term.</returns>
    public static byte[] If(string name, byte[] term) => [0xA0, .. WithLength([.. NameString(name), .. term])];

    /// <summary>Return (value).</summary>
    /// <param name="value">The encoded value.</param>
    /// <returns>The term.</returns>
    public static byte[] Return(byte[] value) => [0xA4, .. value];

    /// <summary>Name (NameString, value).</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="value">The encoded value.</param>
    /// <returns>The term.</returns>
    public static byte[] Name(string name, byte[] value) => [0x08, .. NameString(name), .. value];

    /// <summary>Package () { elements }.</summary>
    /// <param name="elements">The encoded elements, at most 255.</param>
    /// <returns>The term.</returns>
    public static byte[] Package(params IReadOnlyList<byte[]> elements) => [0x12, .. WithLength([(byte)elements.Count, .. Join(elements)])];

    /// <summary>Buffer () { bytes }.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The term.</returns>
    public static byte[] Buffer(ReadOnlySpan<byte> bytes) => [0x11, .. WithLength([.. Integer((ulong)bytes.Length), .. bytes])];

    /// <summary>An integer, in its shortest form.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The term.</returns>
    public static byte[] Integer(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return value switch
        {
            0 => [0x00],
            1 => [0x01],
            <= byte.MaxValue => [0x0A, bytes[0]],
            <= ushort.MaxValue => [0x0B, .. bytes[..2]],
            <= uint.MaxValue => [0x0C, .. bytes[..4]],
            _ => [0x0E, .. bytes],
        };
    }

    /// <summary>A string.</summary>
    /// <param name="value">ASCII text.</param>
    /// <returns>The term.</returns>
    public static byte[] Text(string value) => [0x0D, .. Encoding.ASCII.GetBytes(value), 0];

    /// <summary>EISAID (id): a compressed plug and play id (ACPI 6.5, 19.6.36).</summary>
    /// <param name="id">Three letters and four hexadecimal digits.</param>
    /// <returns>The term.</returns>
    public static byte[] EisaId(string id)
    {
        uint vendor = ((uint)(id[0] - '@') << 10) | ((uint)(id[1] - '@') << 5) | (uint)(id[2] - '@');
        uint value = (vendor << 16) | Convert.ToUInt32(id[3..], 16);
        return Integer(BinaryPrimitives.ReverseEndianness(value));
    }

    /// <summary>A resource template: the descriptors, ended and packed in a buffer.</summary>
    /// <param name="descriptors">The encoded descriptors.</param>
    /// <returns>The term.</returns>
    public static byte[] Resources(params IEnumerable<byte[]> descriptors) => Buffer([.. Join(descriptors), 0x79, 0x00]);

    /// <summary>IO (Decode16, ...): fixed ports (ACPI 6.5, 6.4.2.5).</summary>
    /// <param name="port">The first port.</param>
    /// <param name="length">How many.</param>
    /// <returns>The descriptor.</returns>
    public static byte[] Ports(ushort port, byte length) =>
        [0x47, 0x01, (byte)port, (byte)(port >> 8), (byte)port, (byte)(port >> 8), 0x01, length];

    /// <summary>IRQNoFlags () { irq }: an edge-triggered ISA interrupt (ACPI 6.5, 6.4.2.1).</summary>
    /// <param name="irq">0 to 15.</param>
    /// <returns>The descriptor.</returns>
    public static byte[] Irq(int irq) => [0x22, (byte)(1 << irq), (byte)((1 << irq) >> 8)];

    /// <summary>Memory32Fixed (ReadWrite, ...) (ACPI 6.5, 6.4.3.4).</summary>
    /// <param name="address">The first address.</param>
    /// <param name="length">The length in bytes.</param>
    /// <returns>The descriptor.</returns>
    public static byte[] FixedMemory(uint address, uint length) => [0x86, 0x09, 0x00, 0x01, .. Dword(address), .. Dword(length)];

    /// <summary>WordBusNumber (ResourceProducer, ...) (ACPI 6.5, 6.4.3.5.3).</summary>
    /// <param name="first">The first bus.</param>
    /// <param name="last">The last bus.</param>
    /// <returns>The descriptor.</returns>
    public static byte[] BusNumbers(ushort first, ushort last) => AddressSpace(0x88, 2, type: 2, flags: 0, first, last);

    /// <summary>WordIO (ResourceProducer, EntireRange, ...).</summary>
    /// <param name="first">The first port.</param>
    /// <param name="last">The last port.</param>
    /// <returns>The descriptor.</returns>
    public static byte[] PortWindow(ushort first, ushort last) => AddressSpace(0x88, 2, type: 1, flags: 3, first, last);

    /// <summary>DWordMemory (ResourceProducer, NonCacheable, ReadWrite, ...).</summary>
    /// <param name="first">The first address.</param>
    /// <param name="last">The last address.</param>
    /// <returns>The descriptor.</returns>
    public static byte[] MemoryWindow(uint first, uint last) => AddressSpace(0x87, 4, type: 0, flags: 1, first, last);

    /// <summary>QWordMemory (ResourceProducer, NonCacheable, ReadWrite, ...).</summary>
    /// <param name="first">The first address.</param>
    /// <param name="last">The last address.</param>
    /// <returns>The descriptor.</returns>
    public static byte[] LongMemoryWindow(ulong first, ulong last) => AddressSpace(0x8A, 8, type: 0, flags: 1, first, last);

    /// <summary>A name string: segments of up to four characters, separated by dots, after a backslash or none.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The encoding.</returns>
    public static byte[] NameString(string path)
    {
        List<byte> bytes = [];
        if (path.StartsWith('\\'))
        {
            bytes.Add((byte)'\\');
            path = path[1..];
        }

        string[] segments = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length == 0)
            bytes.Add(0);
        else if (segments.Length == 2)
            bytes.Add(0x2E);
        else if (segments.Length > 2)
            bytes.AddRange([0x2F, (byte)segments.Length]);
        foreach (string segment in segments)
            bytes.AddRange(Encoding.ASCII.GetBytes(segment.PadRight(4, '_')));
        return [.. bytes];
    }

    // ACPI 6.5, 6.4.3.5: minimum and maximum fixed, positive decode, granularity and translation zero.
    private static byte[] AddressSpace(byte tag, int size, byte type, byte flags, ulong first, ulong last)
    {
        const byte FixedRange = 0x0C;
        List<byte> body = [type, FixedRange, flags];
        foreach (ulong field in (ReadOnlySpan<ulong>)[0, first, last, 0, last - first + 1])
        {
            for (int i = 0; i < size; i++)
                body.Add((byte)(field >> (i * 8)));
        }

        return [tag, (byte)body.Count, (byte)(body.Count >> 8), .. body];
    }

    private static byte[] Dword(uint value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];

    // ACPI 6.5, 20.2.4: the length counts its own bytes.
    private static byte[] WithLength(byte[] body)
    {
        int length = body.Length + 1;
        if (length < 0x40)
            return [(byte)length, .. body];
        int extra = length + 1 < 1 << 12 ? 1 : length + 2 < 1 << 20 ? 2 : 3;
        length += extra;
        List<byte> bytes = [(byte)((extra << 6) | (length & 0xF))];
        for (int i = 0; i < extra; i++)
            bytes.Add((byte)(length >> (4 + (i * 8))));
        return [.. bytes, .. body];
    }
}
