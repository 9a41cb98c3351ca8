namespace Dominion.Devices.Pc.Storage;

/// <summary>What a drive says that it is.</summary>
/// <param name="Model">The model, at most 40 ASCII characters.</param>
/// <param name="Serial">The serial number, at most 20 ASCII characters.</param>
internal sealed record DriveName(string Model, string Serial)
{
    /// <summary>The length of a serial number.</summary>
    public const int SerialLength = 20;

    /// <summary>The firmware's revision.</summary>
    public const string Firmware = "1.0";
}
