using Dominion.Buses;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Devices.Pc.Tests.Mainboard;

/// <summary>Whatever a guest reads and writes: no exception, no timer storm, and state that can be saved and restored.</summary>
public sealed class HostileGuestTests
{
    private static readonly ulong[] s_pages = [0xFEE0_0000, 0xFEC0_0000, 0xFED0_0000, 0xE000_0000];
    private static readonly AccessWidth[] s_portWidths = [AccessWidth.Byte, AccessWidth.Word, AccessWidth.Dword];
    private static readonly uint[] s_msrs = [0x1B, 0x6E0, .. Enumerable.Range(0x800, 0x40).Select(index => (uint)index)];

    [Fact]
    public void Random_accesses_do_no_harm() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        seed =>
        {
            Random random = new(seed);
            using TestPc pc = new();
            int[] ports = [.. pc.PortSpace.Mappings.SelectMany(mapping => Enumerable.Range((int)mapping.Start, (int)mapping.Length))];
            for (int i = 0; i < 2000; i++)
                Access(pc, ports, random);
            pc.Time.Advance(100_000);
            byte[] state = TestDomain.Save(pc.Board);
            using TestPc copy = new();
            TestDomain.Restore(copy.Board, state);
            return TestDomain.Save(copy.Board).Length == state.Length;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    private static void Access(TestPc pc, int[] ports, Random random)
    {
        int vcpu = random.Next(-1, 2);
        ulong value = (ulong)random.NextInt64() >> random.Next(64);
        switch (random.Next(5))
        {
            case 0:
                pc.PortSpace.Read((ushort)ports[random.Next(ports.Length)], s_portWidths[random.Next(3)], vcpu);
                break;
            case 1:
                pc.PortSpace.Write((ushort)ports[random.Next(ports.Length)], s_portWidths[random.Next(3)], (uint)value, vcpu);
                break;
            case 2:
                AccessWidth width = (AccessWidth)(1 << random.Next(4));
                ulong address = s_pages[random.Next(s_pages.Length)] + ((ulong)random.Next(0x1000) & ~((ulong)width - 1));
                if (random.Next(2) == 0)
                    pc.Frames.Read(address, width, vcpu);
                else
                    pc.Frames.Write(address, width, value, vcpu);
                break;
            case 3:
                TestCore core = pc.Cores[random.Next(2)];
                uint msr = s_msrs[random.Next(s_msrs.Length)];
                if (random.Next(2) == 0)
                    core.LocalApic!.TryReadMsr(msr, out _);
                else
                    core.LocalApic!.TryWriteMsr(msr, value);
                core.LocalApic!.Acknowledge();
                break;
            case 4:
                pc.RunPosted();
                pc.Time.Advance(random.Next(2000));
                break;
        }
    }
}
