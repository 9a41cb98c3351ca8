using Dominion.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Acme.Uart;

/// <summary>The modem lines' levels. Read with Acme's own version of a YAML library, whichever the host has.</summary>
internal static class ModemLines
{
    private static readonly (string Name, byte Bit)[] Lines = [("cts", 0x10), ("dsr", 0x20), ("ri", 0x40), ("dcd", 0x80)];

    /// <summary>Reads the lines.</summary>
    /// <returns>The upper half of the modem status register.</returns>
    public static byte Parse(string text)
    {
        Dictionary<string, bool> given;
        try
        {
            given = new DeserializerBuilder().Build().Deserialize<Dictionary<string, bool>>(text) ?? [];
        }
        catch (YamlException e)
        {
            throw new DiagnosticException("ACME001", $"modem-lines: {e.Message}");
        }

        byte status = 0;
        foreach ((string name, bool level) in given)
        {
            (string _, byte bit) = Array.Find(Lines, line => line.Name == name);
            if (bit == 0)
                throw new DiagnosticException("ACME002", $"modem-lines: there is no line '{name}'", "cts, dsr, ri, dcd");
            if (level)
                status |= bit;
        }

        return status;
    }
}
