using System.Buffers.Binary;
using Dominion.Memory;
using Dominion.Split;

namespace Dominion.Devices.Split.Network;

/// <summary>The ring of pages that a frontend gives for what it receives.</summary>
/// <param name="frontend">The frontend.</param>
/// <param name="ring">The ring.</param>
/// <param name="port">Tells the frontend.</param>
/// <param name="scatters">Whether a packet may fill several pages.</param>
internal sealed class ReceiveQueue(IFrontend frontend, BackendRing ring, IEventPort port, bool scatters) : IDisposable
{
    /// <summary>Copies a frame into the next pages. One that finds too few changes nothing.</summary>
    /// <param name="frame">The frame.</param>
    /// <returns>False when it did not find room.</returns>
    /// <exception cref="FrontendException">The ring's index is impossible.</exception>
    public bool TryPlace(ReadOnlySpan<byte> frame)
    {
        int pages = (frame.Length + FrameRange.FrameSize - 1) / FrameRange.FrameSize;
        if ((pages > 1 && !scatters) || ring.RequestCount < pages)
            return false;
        Span<byte> entry = stackalloc byte[NetworkProtocol.ReceiveEntrySize];
        while (!frame.IsEmpty && ring.TryTake(entry))
        {
            ReadOnlySpan<byte> part = frame[..Math.Min(frame.Length, FrameRange.FrameSize)];
            frame = frame[part.Length..];
            uint reference = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);

            // The grant is given back before the response: the frontend takes it away when it sees that.
            bool written = frontend.TryWrite(reference, 0, part);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], 0);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], frame.IsEmpty ? (ushort)0 : NetworkProtocol.ReceiveMoreData);
            BinaryPrimitives.WriteInt16LittleEndian(entry[6..], written ? (short)part.Length : NetworkProtocol.StatusError);
            ring.Respond(entry);
        }

        if (ring.Publish())
            port.Notify();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        port.Dispose();
        ring.Dispose();
    }
}
