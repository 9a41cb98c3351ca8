namespace Dominion.Devices;

/// <summary>A power button that asks the guest to shut down; a board that has one implements this beside <see cref="IBoard"/>.</summary>
public interface IPowerButton
{
    /// <summary>Presses and releases the button. Called under the domain's device lock.</summary>
    void Press();
}
