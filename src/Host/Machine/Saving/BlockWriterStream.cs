using System.Buffers.Binary;

namespace Dominion.Host.Machine.Saving;

/// <summary>Writes a section's bytes as blocks; its disposal writes the end of the section.</summary>
internal sealed class BlockWriterStream(Stream output) : WriteOnlyStream
{
    private readonly byte[] _block = new byte[sizeof(uint) + MachineFileFormat.LongestBlock];
    private int _count;
    private bool _hasEnded;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int part = Math.Min(buffer.Length, MachineFileFormat.LongestBlock - _count);
            buffer[..part].CopyTo(_block.AsSpan(sizeof(uint) + _count));
            _count += part;
            buffer = buffer[part..];
            if (_count == MachineFileFormat.LongestBlock)
                WriteBlock();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Whoever writes through another stream disposes this one twice.
        if (disposing && !_hasEnded)
        {
            _hasEnded = true;
            if (_count > 0)
                WriteBlock();
            WriteBlock();
        }
        base.Dispose(disposing);
    }

    private void WriteBlock()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_block, _count);
        output.Write(_block.AsSpan(0, sizeof(uint) + _count));
        _count = 0;
    }
}
