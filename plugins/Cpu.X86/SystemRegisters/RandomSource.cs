using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dominion.Persistence;

namespace Dominion.Cpu.X86.SystemRegisters;

/// <summary>Where RDRAND and RDSEED take their numbers from: the host's entropy, or, on a machine whose runs must be equal, a generator that starts from the machine's seed.</summary>
internal sealed class RandomSource : IPersistent
{
    private const int BufferSize = 64;
    private readonly ulong[] _buffer = new ulong[BufferSize];
    private readonly bool _isSeeded;
    private int _used = BufferSize;
    private ulong _state;

    /// <param name="seed">The machine's seed, or null.</param>
    /// <param name="index">The vCPU's index: every core has a sequence of its own.</param>
    public RandomSource(ulong? seed, int index)
    {
        _isSeeded = seed != null;
        _state = Mix((seed ?? 0) + (0xD1B5_4A32_D192_ED03 * (ulong)(index + 1)));
    }

    /// <summary>The next number.</summary>
    public ulong Next()
    {
        if (_isSeeded)
        {
            _state += 0x9E37_79B9_7F4A_7C15;
            return Mix(_state);
        }

        if (_used == BufferSize)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_buffer.AsSpan()));
            _used = 0;
        }

        return _buffer[_used++];
    }

    public void Save(StateWriter writer)
    {
        writer.BeginSection("x86-random", 1);
        writer.Write(_state);
    }

    /// <summary>Numbers that the host gave are not part of the state: a domain that runs twice from one state must not use them twice.</summary>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("x86-random", 1);
        _state = reader.ReadUInt64();
        _used = BufferSize;
    }

    /// <summary>The finalizer of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators").</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
