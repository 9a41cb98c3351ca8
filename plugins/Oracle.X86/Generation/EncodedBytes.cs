using Iced.Intel;

namespace Dominion.Oracle.X86.Generation;

/// <summary>Collects an encoded instruction.</summary>
internal sealed class EncodedBytes : CodeWriter
{
    private readonly byte[] bytes = new byte[32];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public override void WriteByte(byte value)
    {
        if (Length < bytes.Length)
            bytes[Length++] = value;
    }
}
