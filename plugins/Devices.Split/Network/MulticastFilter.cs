using System.Buffers.Binary;

namespace Dominion.Devices.Split.Network;

/// <summary>The groups that a frontend listens to.</summary>
internal sealed class MulticastFilter
{
    /// <summary>The most groups.</summary>
    public const int MostGroups = 64;

    private const ulong Broadcast = 0xFFFF_FFFF_FFFF;
    private readonly HashSet<ulong> _groups = [];

    /// <summary>Adds a group.</summary>
    /// <param name="address">Its six octets.</param>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> address)
    {
        ulong group = Read(address);
        return _groups.Contains(group) || (_groups.Count < MostGroups && _groups.Add(group));
    }

    /// <summary>Takes a group away.</summary>
    public void Remove(ReadOnlySpan<byte> address) => _groups.Remove(Read(address));

    /// <summary>Whether a frame is for the frontend.</summary>
    /// <param name="frame">The frame, of at least six bytes.</param>
    public bool Accepts(ReadOnlySpan<byte> frame) => (frame[0] & 1) == 0 || Read(frame) is var group && (group == Broadcast || _groups.Contains(group));

    private static ulong Read(ReadOnlySpan<byte> address) => ((ulong)BinaryPrimitives.ReadUInt16BigEndian(address) << 32) | BinaryPrimitives.ReadUInt32BigEndian(address[2..]);
}
