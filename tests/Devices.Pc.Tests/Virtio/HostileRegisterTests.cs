using Dominion.Buses;
using Dominion.Devices.Pc.Pci;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Virtio;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Devices.Pc.Tests.Virtio;

/// <summary>Whatever a guest writes to a function's registers, the host does not fail, what is read-only stays, and a reset heals it.</summary>
public class HostileRegisterTests
{
    private static readonly uint[] s_values = [0, 1, 2, 3, 7, 8, 11, 15, 16, 0x80, 0x1000, 0x3000, 0x8000, 0xFFFF, 0x40000, 0xC000_0000, 0xE000_0000, 0xFFFF_F000, 0xFFFF_FFFF];

    [Fact]
    public void No_writes_to_configuration_space_or_registers_harm_the_host()
    {
        Gen<(bool Configuration, int Offset, AccessWidth Width, uint Value)[]> writes =
            (from configuration in Gen.Elements(true, false)
             from offset in Gen.OneOf(Gen.Choose(0, 0xFF), Gen.Choose(0, VirtioPciLayout.BarSize - 1), Gen.Choose(0, 0x40))
             from width in Gen.Elements(AccessWidth.Byte, AccessWidth.Word, AccessWidth.Dword, AccessWidth.Qword)
             from value in Gen.OneOf(Gen.Elements(s_values), Gen.Choose(int.MinValue, int.MaxValue).Select(i => (uint)i))
             select (configuration, offset & ~((int)width - 1), width, value)).ArrayOf(60);
        Prop.ForAll(writes.ToArbitrary(), Survives).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static bool Survives((bool Configuration, int Offset, AccessWidth Width, uint Value)[] writes)
    {
        TestBoard board = new();
        TestDisk disk = new(1 << 16);
        VirtioBlock logic = new(board, disk, readOnly: false, "disk");
        using VirtioPciFunction function = new(board, logic, 0x018000);
        uint id = board.Configuration(1, 0);
        new VirtioDriver(board).Start(VirtioDriver.Version1, 16);
        foreach ((bool configuration, int offset, AccessWidth width, uint value) in writes)
        {
            if (configuration)
            {
                board.Space.Write(PciLayout.EcamStart + (1 << 15) + (uint)offset, width, value, 0);
                board.Space.Read(PciLayout.EcamStart + (1 << 15) + (uint)offset, width, 0);
            }
            else
            {
                function.Write(new BusAccess((ulong)offset, width, 0), value);
                function.Read(new BusAccess((ulong)offset, width, 0));
            }
        }

        board.RunPosted();
        board.Host.Reset();
        function.Reset();

        // Not before: a BAR may have been put over the window through which configuration space is read.
        bool same = board.Configuration(1, 0) == id;
        VirtioDriver driver = new(board);
        driver.Start(VirtioDriver.Version1, 16);
        ulong status = driver.Place([0xEE]);
        driver.Offer(0, 0, (driver.Place(new byte[16]), 16, false), (driver.Allocate(512), 512, true), (status, 1, true));
        driver.Notify(0);
        return same && driver.TakeUsed(0) == (0u, 513u) && driver.Memory(status, 1)[0] == 0;
    }
}
