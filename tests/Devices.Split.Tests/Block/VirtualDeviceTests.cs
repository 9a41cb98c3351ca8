using Dominion.Devices.Split.Block;
using Dominion.Diagnostics;

namespace Dominion.Devices.Split.Tests.Block;

public class VirtualDeviceTests
{
    // The examples and rules of docs/man/xen-vbd-interface.7.pandoc.
    [Theory]
    [InlineData("xvda", 51712)]
    [InlineData("xvda1", 51713)]
    [InlineData("xvdb", 51728)]
    [InlineData("xvdp15", 51967)]
    [InlineData("xvdq", 0x1000_1000)]
    [InlineData("xvda16", 0x1000_0010)]
    [InlineData("xvdaa", 0x1000_1A00)]
    [InlineData("sda", 2048)]
    [InlineData("sdb2", 2066)]
    [InlineData("hda", 768)]
    [InlineData("hdb1", 833)]
    [InlineData("hdc", 5632)]
    [InlineData("hdd63", 5759)]
    public void A_name_has_its_number(string name, int number) => Assert.Equal(number, VirtualDevice.Parse(name));

    [Theory]
    [InlineData("")]
    [InlineData("xvd")]
    [InlineData("xvda0")]
    [InlineData("xvda256")]
    [InlineData("sdq")]
    [InlineData("sda16")]
    [InlineData("hde")]
    [InlineData("hda64")]
    [InlineData("vda")]
    [InlineData("XVDA")]
    [InlineData("xvda\n")]
    [InlineData("xvdzzzzz")]
    public void Other_names_are_refused(string name) => Assert.Equal("DOM3501", Assert.Throws<DiagnosticException>(() => VirtualDevice.Parse(name)).Diagnostic.Id);

    [Fact]
    public void Indexes_have_names_and_the_names_numbers_of_their_own()
    {
        Assert.Equal(["xvda", "xvdz", "xvdaa", "xvdab"], new[] { 0, 25, 26, 27 }.Select(VirtualDevice.NameOf));
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(VirtualDevice.NameOf).Select(VirtualDevice.Parse).Distinct().Count());
        Assert.All(Enumerable.Range(0, 1000), index => Assert.Equal(VirtualDevice.NameOf(index), VirtualDevice.NameOfNumber(VirtualDevice.Parse(VirtualDevice.NameOf(index)))));
    }
}
