using System.Buffers.Binary;

namespace Dominion.Devices.Split.Block;

/// <summary>Where a request's fields are (<see cref="BlockProtocol"/>).</summary>
/// <param name="RequestSize">The size of a request, which is a ring entry's.</param>
/// <param name="ResponseSize">The size of a response.</param>
/// <param name="Id">The offset of the id.</param>
/// <param name="Sector">The offset of the first sector.</param>
/// <param name="Segments">The offset of a direct request's segments.</param>
/// <param name="DiscardSectors">The offset of a discard's length.</param>
/// <param name="IndirectGrants">The offset of an indirect request's grants.</param>
internal sealed record BlockLayout(int RequestSize, int ResponseSize, int Id, int Sector, int Segments, int DiscardSectors, int IndirectGrants)
{
    private const int ResponseOperation = 8;
    private const int ResponseStatus = 10;

    /// <summary>The layout of 64-bit frontends.</summary>
    public static BlockLayout Bits64 { get; } = new(112, 16, 8, 16, 24, 24, 28);

    /// <summary>The layout of 32-bit frontends.</summary>
    public static BlockLayout Bits32 { get; } = new(108, 12, 4, 12, 20, 20, 24);

    /// <summary>Reads a request's id.</summary>
    public ulong GetId(ReadOnlySpan<byte> request) => BinaryPrimitives.ReadUInt64LittleEndian(request[Id..]);

    /// <summary>Reads a request's first sector.</summary>
    public ulong GetSector(ReadOnlySpan<byte> request) => BinaryPrimitives.ReadUInt64LittleEndian(request[Sector..]);

    /// <summary>The operation that a response repeats: an indirect request's is the one that it asks for indirectly, which is what Linux's frontend compares.</summary>
    public static byte GetEchoedOperation(ReadOnlySpan<byte> request) => (BlockOperation)request[0] == BlockOperation.Indirect ? request[1] : request[0];

    /// <summary>Writes a response.</summary>
    /// <param name="response">At least <see cref="ResponseSize"/> bytes.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="operation">The request's operation.</param>
    /// <param name="status">How it ended.</param>
    /// <returns>The response's bytes.</returns>
    public ReadOnlySpan<byte> Respond(Span<byte> response, ulong id, byte operation, short status)
    {
        response = response[..ResponseSize];
        response.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(response, id);
        response[ResponseOperation] = operation;
        BinaryPrimitives.WriteInt16LittleEndian(response[ResponseStatus..], status);
        return response;
    }
}
