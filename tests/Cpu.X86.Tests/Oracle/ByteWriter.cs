using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>Collects an encoded instruction.</summary>
internal sealed class ByteWriter : CodeWriter
{
    private readonly List<byte> bytes = [];

    public override void WriteByte(byte value) => bytes.Add(value);

    public byte[] ToArray() => [.. bytes];
}
