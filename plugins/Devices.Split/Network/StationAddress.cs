using System.Security.Cryptography;
using System.Text;
using Dominion.Diagnostics;
using Dominion.Split;

namespace Dominion.Devices.Split.Network;

/// <summary>The MAC address of an interface.</summary>
internal static class StationAddress
{
    private const ulong GroupBit = 1UL << 40;

    // The prefix that is registered for Xen's virtual interfaces.
    private const ulong Prefix = 0x00163E000000;

    /// <summary>The address that an interface is given, or its default: the registered prefix and 24 bits of a hash of its names.</summary>
    /// <param name="context">What the domain gives the backend.</param>
    /// <param name="given">The option, or null.</param>
    /// <returns>The address of a single station.</returns>
    /// <exception cref="DiagnosticException">The given one is a group's, or zero.</exception>
    public static MacAddress Choose(IBackendContext context, MacAddress? given)
    {
        if (given is not { } address)
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{context.DomainName}/{context.Name}"));
            return new MacAddress(Prefix | ((ulong)hash[0] << 16) | ((ulong)hash[1] << 8) | hash[2]);
        }

        if (address.Value == 0 || (address.Value & GroupBit) != 0)
            throw new DiagnosticException(SplitDiagnostics.BadAddress, $"{address} is no address of a station", "the first octet must be even, and not all octets 0");
        return address;
    }
}
