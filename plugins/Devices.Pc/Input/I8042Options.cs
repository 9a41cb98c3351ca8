using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Input;

/// <summary>What is typed on the keyboard.</summary>
public sealed class I8042Options
{
    /// <summary>A character stream whose text is typed on a US keyboard, or nothing for a keyboard that nobody touches.</summary>
    [PrimaryOption]
    public ServiceReference<ICharacterStream>? Input { get; set; }
}
