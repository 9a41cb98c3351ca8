using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Virtio;

namespace Dominion.Devices.Pc.Tests.Virtio;

/// <summary>A request allocates nothing in the host.</summary>
public class VirtioAllocationTests
{
    private const int Requests = 200;

    [Fact]
    public void A_block_request_allocates_nothing()
    {
        TestBoard board = new();
        VirtioBlock logic = new(board, new TestDisk(1 << 20), readOnly: false, "disk");
        using VirtioPciFunction function = new(board, logic, 0x018000);
        VirtioDriver driver = new(board);
        driver.Start(VirtioDriver.Version1, 256, messages: true);
        ulong header = driver.Place(new byte[16]);
        ulong data = driver.Allocate(0x10000);
        ulong status = driver.Allocate(1);
        board.Space.DeviceWrites.EnsureCapacity(10_000);
        board.Sent.EnsureCapacity(1000);

        Assert.Equal(0, Measure(() =>
        {
            driver.Offer(0, 0, (header, 16, false), (data, 0x8000, true), (data + 0x8000, 0x8000, true), (status, 1, true));
            logic.Notify(0);
        }));
        Assert.Equal(Requests + 1, driver.UsedIndex(0));
    }

    [Fact]
    public void A_frame_allocates_nothing_in_either_direction()
    {
        TestBoard board = new();
        TestSegment segment = new() { Keeps = false };
        VirtioNetwork logic = new(board, segment, new MacAddress(0x0200_0000_0001), board.Post);
        using VirtioPciFunction function = new(board, logic, 0x020000);
        VirtioDriver driver = new(board);
        driver.Start(VirtioDriver.Version1, 256, messages: true);
        ulong data = driver.Allocate(4096);
        byte[] frame = new byte[1514];
        board.Space.DeviceWrites.EnsureCapacity(10_000);
        board.Sent.EnsureCapacity(1000);

        Assert.Equal(0, Measure(() =>
        {
            driver.Offer(0, 0, (data, 2048, true));
            segment.Receiver!.Receive(frame);
            driver.Offer(1, 0, (data, 1526, false));
            logic.Notify(1);
        }));
        Assert.Equal(Requests + 1, driver.UsedIndex(0));
        Assert.Equal(Requests + 1, driver.UsedIndex(1));
    }

    // The first call warms up; the driver model allocates nothing either.
    private static long Measure(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Requests; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
