using Dominion.FullVirt.Boot;

namespace Dominion.FullVirt.Tests.Boot;

/// <summary>What a plan puts in memory, to be read back.</summary>
internal sealed class PlannedMemory(BootPlan plan)
{
    public byte[] Bytes(ulong address, int length)
    {
        BootSegment segment = plan.Segments.Last(s => address >= s.Address && address + (ulong)length <= s.Address + s.MemorySize);
        byte[] all = new byte[segment.MemorySize];
        segment.Data.Span.CopyTo(all);
        return all[(int)(address - segment.Address)..][..length];
    }

    public byte U8(ulong address) => Bytes(address, 1)[0];

    public ushort U16(ulong address) => BitConverter.ToUInt16(Bytes(address, 2));

    public uint U32(ulong address) => BitConverter.ToUInt32(Bytes(address, 4));

    public ulong U64(ulong address) => BitConverter.ToUInt64(Bytes(address, 8));

    public string Text(ulong address)
    {
        List<byte> text = [];
        while (U8(address) is not 0 and byte b)
        {
            text.Add(b);
            address++;
        }

        return System.Text.Encoding.UTF8.GetString([.. text]);
    }
}
