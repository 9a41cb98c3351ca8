using Dominion.Devices;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Abstractions.Tests.Devices;

public sealed class MacAddressTests
{
    [Fact]
    public void TheFirstOctetIsTheMostSignificantAndTheFirstOnTheWire()
    {
        Assert.True(MacAddress.TryParse("00:16:3e:aB:00:01", out MacAddress address));
        byte[] wire = new byte[6];
        address.CopyTo(wire);

        Assert.Equal(0x00163eab0001UL, address.Value);
        Assert.Equal([0x00, 0x16, 0x3e, 0xab, 0x00, 0x01], wire);
        Assert.Equal("00:16:3e:ab:00:01", address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("00:16:3e:00:00")]
    [InlineData("00:16:3e:00:00:01:02")]
    [InlineData("00-16-3e-00-00-01")]
    [InlineData("0:16:3e:00:00:01")]
    [InlineData("00:16:3e:00:00:0g")]
    [InlineData("00:16:3e:00:00: 1")]
    [InlineData("00:16:3e:00:00:+1")]
    public void WhatIsNoAddressIsRefused(string text) => Assert.False(MacAddress.TryParse(text, out _));

    [Fact]
    public void WhatIsWrittenIsReadAgain() =>
        Prop.ForAll<ulong>(value =>
        {
            var address = new MacAddress(value & 0xffff_ffff_ffff);
            return MacAddress.TryParse(address.ToString(), out MacAddress read) && read == address;
        }).QuickCheckThrowOnFailure();
}
