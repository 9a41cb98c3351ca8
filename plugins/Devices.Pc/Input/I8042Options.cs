using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Input;

/// <summary>What is typed on the keyboard.</summary>
public sealed class I8042Options
{
    /// <summary>A character stream whose text is typed on a US keyboard, or nothing for a keyboard that nobody touches.</summary>
    [PrimaryOption]
    public ServiceReference<ICharacterStream>? Input { get; set; }

    /// <summary>A character stream that moves the mouse, or nothing for a mouse that nobody touches. A report has four bytes: buttons (bit 0 left, 1 right, 2 middle), then signed x to the right, y up and turns of the wheel towards the user.</summary>
    public ServiceReference<ICharacterStream>? Pointer { get; set; }

    /// <summary>Whether there is a mouse at the auxiliary port.</summary>
    public bool Mouse { get; set; } = true;
}
