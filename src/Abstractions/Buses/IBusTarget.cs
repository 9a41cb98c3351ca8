namespace Dominion.Buses;

/// <summary>What answers accesses to a mapped range. Called under the domain's device lock, so never by two threads at once. An access never crosses the end of the mapping.</summary>
public interface IBusTarget
{
    /// <summary>Answers a read.</summary>
    /// <param name="access">Where and how wide.</param>
    /// <returns>The value; bits above the width are ignored. A width that the device does not know is the device's to define; hardware mostly reads all ones.</returns>
    ulong Read(in BusAccess access);

    /// <summary>Takes a write.</summary>
    /// <param name="access">Where and how wide.</param>
    /// <param name="value">The value; bits above the width are zero.</param>
    void Write(in BusAccess access, ulong value);
}
