using Dominion.Diagnostics;

namespace Dominion.Devices.Pc.Storage;

/// <summary>A disk's serial number as drives report it.</summary>
internal static class SerialNumber
{
    /// <summary>Checks a serial number.</summary>
    /// <param name="serial">The number.</param>
    /// <param name="most">How many characters the drive has room for.</param>
    /// <returns>The number.</returns>
    /// <exception cref="DiagnosticException">It is too long, or not printable ASCII.</exception>
    public static string Check(string serial, int most) =>
        serial.Length <= most && !serial.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? serial
            : throw new DiagnosticException("DOM3211", $"the serial number '{serial}' is not of at most {most} ASCII characters", "shorten it");
}
