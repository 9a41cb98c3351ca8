namespace Dominion.Devices.Pc.Mainboard;

/// <summary>A device that can pulse INIT#.</summary>
internal interface IInitSource
{
    /// <summary>The pin.</summary>
    InitPin Init { get; }
}
