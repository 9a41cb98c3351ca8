using System.Buffers.Binary;
using Dominion.Buses;

namespace Dominion.Devices.Pc.Display;

/// <summary>Video memory as it is, one byte after the other.</summary>
/// <param name="memory">The video memory, as long as the range that it answers in.</param>
internal sealed class LinearFrameBuffer(byte[] memory) : IBusTarget
{
    /// <inheritdoc/>
    public ulong Read(in BusAccess access)
    {
        ReadOnlySpan<byte> at = memory.AsSpan((int)access.Offset);
        return access.Width switch
        {
            AccessWidth.Byte => at[0],
            AccessWidth.Word => BinaryPrimitives.ReadUInt16LittleEndian(at),
            AccessWidth.Dword => BinaryPrimitives.ReadUInt32LittleEndian(at),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(at),
        };
    }

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        Span<byte> at = memory.AsSpan((int)access.Offset);
        switch (access.Width)
        {
            case AccessWidth.Byte:
                at[0] = (byte)value;
                break;
            case AccessWidth.Word:
                BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)value);
                break;
            case AccessWidth.Dword:
                BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)value);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(at, value);
                break;
        }
    }
}
