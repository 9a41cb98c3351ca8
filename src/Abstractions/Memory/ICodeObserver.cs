namespace Dominion.Memory;

/// <summary>A core that keeps decoded code and must hear of changes to it. Called from any thread.</summary>
public interface ICodeObserver
{
    /// <summary>A frame has been marked as holding code: stop writing to it without <see cref="IMachineMemory.NotifyWrite"/>.</summary>
    /// <param name="frame">The MFN.</param>
    void OnCodeMarked(ulong frame);

    /// <summary>Bytes of a marked frame changed: decoded code from them is stale.</summary>
    /// <param name="address">The machine address of the first byte.</param>
    /// <param name="length">How many bytes, in one frame.</param>
    void OnCodeWritten(ulong address, int length);
}
