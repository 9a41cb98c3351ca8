namespace Dominion.Devices;

/// <summary>A board's or device's power button: how a domain is asked to shut itself down.</summary>
public interface IPowerButton
{
    /// <summary>Presses the button once. Called under the domain's device lock.</summary>
    void PressPowerButton();
}
