using Dominion.Devices.Split.Block;
using Dominion.Devices.Split.Tests.Fixtures;
using Dominion.Split;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Devices.Split.Tests.Block;

/// <summary>Frontends that write anything: the backend neither throws nor hangs, and touches no page that was not granted. The disk of the tests checks every range.</summary>
public class HostileBlockTests
{
    private const uint RingPage = 1;
    private const uint FirstData = 2;

    [Fact]
    public void Any_ring_is_served_or_closed()
    {
        // Small numbers make valid grants, segments and operations likely.
        Gen<byte> octet = Gen.Frequency((3, Gen.Choose(0, 8)), (1, Gen.Choose(0, 255))).Select(value => (byte)value);
        Gen<(byte[], int, bool, bool)> ring =
            from content in octet.ArrayOf(4096)
            from producer in Gen.Frequency((5, Gen.Choose(0, 32)), (1, Gen.Choose(int.MinValue, int.MaxValue)))
            from is64Bit in Gen.Elements(true, false)
            from persistent in Gen.Elements(true, false)
            select (content, producer, is64Bit, persistent);
        Prop.ForAll(ring.ToArbitrary(), Serve).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_keys_are_served_or_refused()
    {
        string[] keys = ["ring-ref", "ring-ref0", "ring-ref1", "ring-page-order", "event-channel", "protocol", "multi-queue-num-queues", "queue-0/ring-ref", "queue-0/event-channel", "queue-1/ring-ref", "queue-1/event-channel", "feature-persistent"];
        string[] values = ["0", "1", "2", "3", "4", "", "-1", "99999999999999999999", "x86_32-abi", "x86_64-abi", "\0", "1 ", "4294967295"];
        Gen<(string, string)[]> nodes = Gen.Elements(keys).SelectMany(key => Gen.Elements(values).Select(value => (key, value))).ArrayOf();
        Prop.ForAll(nodes.ToArbitrary(), written =>
        {
            TestFrontend frontend = new();
            frontend.Grant(1);
            frontend.Grant(2);
            foreach ((string key, string value) in written)
                frontend.Keys[key] = value;
            try
            {
                using IDisposable connection = new BlockBackend(new TestDisk(64), new VirtualBlockOptions(), 51712).Connect(frontend);
                frontend.Run();
            }
            catch (FrontendException)
            {
                // The answer to keys that make no sense.
            }
        }).QuickCheckThrowOnFailure();
    }

    private static void Serve((byte[] Content, int Producer, bool Is64Bit, bool Persistent) given)
    {
        TestFrontend frontend = new() { Is64Bit = given.Is64Bit };
        byte[] page = frontend.Grant(RingPage);
        for (uint i = 0; i < 6; i++)
            given.Content.AsSpan().CopyTo(frontend.Grant(FirstData + i));
        frontend.ReadOnly.Add(FirstData);
        frontend.Keys["ring-ref"] = $"{RingPage}";
        frontend.Keys["event-channel"] = "1";
        frontend.Keys["feature-persistent"] = given.Persistent ? "1" : "0";
        using IDisposable connection = new BlockBackend(new TestDisk(64), new VirtualBlockOptions(), 51712).Connect(frontend);
        frontend.Run();
        given.Content.CopyTo(page, 0);
        TestMemory view = frontend.View(RingPage);
        view.WriteUInt32(8, 0);
        view.WriteUInt32(0, (uint)given.Producer);
        frontend.Send(1);
        if (frontend.Failure is null)
            Assert.Equal((uint)given.Producer, view.ReadUInt32(8));
        else
            Assert.True((uint)given.Producer > 32);
    }
}
