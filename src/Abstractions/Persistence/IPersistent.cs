namespace Dominion.Persistence;

/// <summary>Something with state that survives save and restore. Called only while the domain is paused.</summary>
public interface IPersistent
{
    /// <summary>Writes the whole state.</summary>
    /// <param name="writer">Where to.</param>
    void Save(StateWriter writer);

    /// <summary>Replaces the whole state with what <see cref="Save"/> wrote. The domain's clock tells the time of the save by then, so that deadlines stay what they were.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="InvalidDataException">The data is damaged or of a version that this code does not read.</exception>
    void Restore(StateReader reader);
}
