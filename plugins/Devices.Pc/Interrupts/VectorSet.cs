using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>A set of the 256 vectors: an IRR, ISR or TMR.</summary>
[InlineArray(4)]
internal struct VectorSet
{
    private ulong _word;

    /// <summary>The highest vector, or -1.</summary>
    public readonly int Highest
    {
        get
        {
            for (int i = 3; i >= 0; i--)
            {
                if (this[i] != 0)
                    return (i * 64) + 63 - BitOperations.LeadingZeroCount(this[i]);
            }

            return -1;
        }
    }

    /// <summary>Whether a vector is in the set.</summary>
    /// <param name="vector">0 to 255.</param>
    /// <returns>True when it is.</returns>
    public readonly bool Contains(int vector) => (this[vector >> 6] & (1UL << (vector & 63))) != 0;

    /// <summary>Puts a vector in.</summary>
    /// <param name="vector">0 to 255.</param>
    public void Add(int vector) => this[vector >> 6] |= 1UL << (vector & 63);

    /// <summary>Takes a vector out.</summary>
    /// <param name="vector">0 to 255.</param>
    public void Remove(int vector) => this[vector >> 6] &= ~(1UL << (vector & 63));

    /// <summary>Empties the set.</summary>
    public void Clear() => this = default;

    /// <summary>The set as the guest reads it: eight registers of 32 vectors.</summary>
    /// <param name="index">0 to 7.</param>
    /// <returns>The register.</returns>
    public readonly uint Register(int index) => (uint)(this[index >> 1] >> ((index & 1) * 32));

    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where to.</param>
    public readonly void Save(StateWriter writer)
    {
        for (int i = 0; i < 4; i++)
            writer.Write(this[i]);
    }

    /// <summary>Reads the state.</summary>
    /// <param name="reader">Where from.</param>
    public void Restore(StateReader reader)
    {
        for (int i = 0; i < 4; i++)
            this[i] = reader.ReadUInt64();
    }
}
