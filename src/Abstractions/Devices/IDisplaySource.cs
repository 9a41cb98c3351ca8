namespace Dominion.Devices;

/// <summary>A board or a domain that may have a display; implemented beside <see cref="IBoard"/> or <see cref="Domains.IDomain"/>.</summary>
public interface IDisplaySource
{
    /// <summary>The first display, or null when there is none.</summary>
    IDisplay? Display { get; }
}
