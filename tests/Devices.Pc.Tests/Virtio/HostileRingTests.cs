using System.Buffers.Binary;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Virtio;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Devices.Pc.Tests.Virtio;

/// <summary>Whatever a guest writes into its rings, the host neither fails nor hangs, the device writes nowhere but where the rings allow it, and a reset heals it.</summary>
public class HostileRingTests
{
    private const int QueueSize = 8;
    private const ulong IndirectTable = 0x30000;

    private static readonly ulong[] s_addresses = [0, VirtioDriver.DataStart, VirtioDriver.DataStart + 0x800, IndirectTable, 0x1000, 0xFFFF0, 0x100000, 0xFEE0_0000, ulong.MaxValue - 15, ulong.MaxValue];
    private static readonly uint[] s_lengths = [0, 1, 12, 15, 16, 17, 32, 128, 512, 513, 4096, 0xFFFF_FFFF];

    public static TheoryData<string> Devices => ["blk", "net", "console", "rng"];

    [Theory]
    [MemberData(nameof(Devices))]
    public void No_ring_harms_the_host(string device)
    {
        Prop.ForAll(Rings().ToArbitrary(), ring => Survives(device, ring))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }

    private static Gen<HostileRing> Rings()
    {
        Gen<HostileDescriptor> descriptor =
            from address in Gen.Elements(s_addresses)
            from length in Gen.Elements(s_lengths)
            from flags in Gen.Choose(0, 7)
            from next in Gen.Choose(0, QueueSize + 1)
            select new HostileDescriptor(address, length, (ushort)flags, (ushort)next);

        // Half of the rings are nearly right, so that the deeper checks are reached too.
        Gen<HostileDescriptor> tame =
            from address in Gen.Choose(0, 64)
            from length in Gen.Elements<uint>(1, 12, 16, 64, 512)
            from flags in Gen.Elements<ushort>(0, 1, 2, 3, 4)
            from next in Gen.Choose(0, QueueSize - 1)
            select flags == 4
                ? new HostileDescriptor(IndirectTable, 64, 4, 0)
                : new HostileDescriptor(VirtioDriver.DataStart + ((ulong)address * 512), length, flags, (ushort)next);
        return
            from nearly in Gen.Elements(true, false)
            from table in (nearly ? tame : descriptor).ArrayOf(QueueSize)
            from inner in (nearly ? tame : descriptor).ArrayOf(QueueSize)
            from heads in Gen.Choose(0, nearly ? QueueSize - 1 : QueueSize + 1).Select(i => (ushort)i).ArrayOf(QueueSize)
            from index in Gen.Choose(0, nearly ? QueueSize : QueueSize + 2)
            from features in Gen.Elements(0UL, VirtioDriver.Indirect, VirtioDriver.Indirect | VirtioDriver.EventIndex)
            select new HostileRing(table, inner, heads, (ushort)index, features);
    }

    private static bool Survives(string device, HostileRing ring)
    {
        TestBoard board = new();
        TestSegment segment = new();
        TestStream stream = new();
        VirtioDevice logic = device switch
        {
            "blk" => new VirtioBlock(board, new TestDisk(1 << 16), readOnly: false, "disk"),
            "net" => new VirtioNetwork(board, segment, new MacAddress(0x0200_0000_0001), board.Post),
            "console" => new VirtioConsole(board, stream, board.Post),
            _ => new VirtioEntropy(board, new HostEntropy()),
        };
        using VirtioPciFunction function = new(board, logic, 0xFF0000);
        VirtioDriver driver = new(board);
        driver.Start(VirtioDriver.Version1 | ring.Features, QueueSize);
        for (int queue = 0; queue < logic.Queues.Length; queue++)
            Write(driver, queue, ring);
        board.Space.DeviceWrites.Clear();
        for (int queue = 0; queue < logic.Queues.Length; queue++)
            driver.Notify(queue);
        segment.Receiver?.Receive(new byte[100]);
        stream.Receiver?.Receive(new byte[100]);
        board.RunPosted();

        bool contained = board.Space.DeviceWrites.TrueForAll(write => IsAllowed(driver, logic.Queues.Length, ring, write.Address, write.Length));
        driver.Start(VirtioDriver.Version1, QueueSize);
        return contained && !driver.NeedsReset;
    }

    private static void Write(VirtioDriver driver, int queue, HostileRing ring)
    {
        VirtioDriver.QueueState state = driver.Queue(queue);
        for (uint i = 0; i < QueueSize; i++)
        {
            HostileDescriptor direct = ring.Table[i];
            driver.WriteDescriptor(state.Descriptors, i, direct.Address, direct.Length, direct.Flags, direct.Next);
            HostileDescriptor inner = ring.Indirect[i];
            driver.WriteDescriptor(IndirectTable, i, inner.Address, inner.Length, inner.Flags, inner.Next);
            BinaryPrimitives.WriteUInt16LittleEndian(driver.Memory(state.Available + 4 + (2 * i), 2), ring.Heads[i]);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(driver.Memory(state.Available + 2, 2), ring.Index);
    }

    // A used ring, or a buffer that some descriptor gives to the device. A guest whose buffers lie over its own tables may have changed those meanwhile; then anything in RAM may be described, and only that it is RAM is left to check.
    private static bool IsAllowed(VirtioDriver driver, int queues, HostileRing ring, ulong address, int length)
    {
        for (int queue = 0; queue < queues; queue++)
        {
            ulong used = driver.Queue(queue).Used;
            if (address >= used && address + (ulong)length <= used + 6 + (8 * QueueSize))
                return true;
        }

        HostileDescriptor[] writable = [.. ring.Table.Concat(ring.Indirect).Where(d => (d.Flags & 2) != 0)];
        bool overTables = Array.Exists(writable, d => d.Address is 0x1000 or 0 or IndirectTable);
        return overTables || Array.Exists(writable, d => address >= d.Address && address - d.Address + (ulong)length <= d.Length);
    }
}
