namespace Dominion.Devices;

/// <summary>Makes boards of one kind; exported with <see cref="Plugins.BoardAttribute"/>.</summary>
public interface IBoardFactory
{
    /// <summary>The board's slots, in the order in which their devices are made. Depends on nothing but the options.</summary>
    /// <param name="options">The bound options, or null when the export has none.</param>
    /// <returns>The slots.</returns>
    IReadOnlyList<BoardSlot> GetSlots(object? options);

    /// <summary>Makes the board with all its devices.</summary>
    /// <param name="context">What the domain gives.</param>
    /// <param name="options">The bound options, or null.</param>
    /// <returns>The board.</returns>
    IBoard Create(IBoardContext context, object? options);
}
