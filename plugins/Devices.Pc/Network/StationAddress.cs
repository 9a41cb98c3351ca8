using System.Security.Cryptography;
using System.Text;
using Dominion.Diagnostics;

namespace Dominion.Devices.Pc.Network;

/// <summary>The MAC address of a network device.</summary>
internal static class StationAddress
{
    private const ulong GroupBit = 1UL << 40;
    private const ulong LocalBit = 1UL << 41;

    /// <summary>The address that a device is given, or its default.</summary>
    /// <param name="context">What the board gives the device.</param>
    /// <param name="given">The option, or null.</param>
    /// <returns>The address of a single station.</returns>
    /// <exception cref="DiagnosticException">The given one is a group's, or zero.</exception>
    public static MacAddress Choose(IDeviceContext context, MacAddress? given)
    {
        MacAddress address = given ?? Default(context.DomainName, context.Name);
        if (address.Value == 0 || (address.Value & GroupBit) != 0)
            throw new DiagnosticException("DOM3212", $"{address} is no address of a station", "the first octet must be even, and not all octets 0");
        return address;
    }

    /// <summary>The address of a device that is given none: unicast, locally administered, 46 bits of a hash of its names.</summary>
    /// <param name="domain">The domain's name.</param>
    /// <param name="device">The device's name in it.</param>
    /// <returns>The address.</returns>
    public static MacAddress Default(string domain, string device)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{domain}/{device}"));
        ulong value = 0;
        for (int i = 0; i < 6; i++)
            value = (value << 8) | hash[i];
        return new MacAddress((value & ~GroupBit) | LocalBit);
    }
}
