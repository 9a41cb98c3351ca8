using System.Buffers.Binary;
using System.Security.Cryptography;
using Dominion.Persistence;

namespace Dominion.Services.Local.Entropy;

/// <summary>Repeatable bytes: SHA-256 over seed and counter, block after block. How the bytes are asked for, in many pieces or few, makes no difference to what they are.</summary>
internal sealed class SeededEntropy : IEntropySource, IPersistent
{
    private readonly ulong _seed;
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];

    // Guards the counter and the block. Nothing is called under it.
    private readonly Lock _lock = new();
    private ulong _counter;
    private int _used = SHA256.HashSizeInBytes;

    /// <summary>Makes a source at its beginning.</summary>
    /// <param name="seed">The seed.</param>
    public SeededEntropy(ulong seed)
    {
        _seed = seed;
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> destination)
    {
        lock (_lock)
        {
            while (!destination.IsEmpty)
            {
                if (_used == _block.Length)
                {
                    MakeBlock(_counter++);
                    _used = 0;
                }

                int count = Math.Min(destination.Length, _block.Length - _used);
                _block.AsSpan(_used, count).CopyTo(destination);
                _used += count;
                destination = destination[count..];
            }
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("seeded-entropy", 1);
        writer.Write(_seed);
        writer.Write(_counter);
        writer.Write(_used);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("seeded-entropy", 1);
        if (reader.ReadUInt64() != _seed)
            throw new InvalidDataException("the source had another seed");
        _counter = reader.ReadUInt64();
        _used = reader.ReadInt32();
        if ((uint)_used > (uint)_block.Length)
            throw new InvalidDataException($"{_used} bytes used of a block of {_block.Length}");
        if (_counter > 0)
            MakeBlock(_counter - 1);
    }

    private void MakeBlock(ulong counter)
    {
        Span<byte> input = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(input, _seed);
        BinaryPrimitives.WriteUInt64LittleEndian(input[8..], counter);
        SHA256.HashData(input, _block);
    }
}
