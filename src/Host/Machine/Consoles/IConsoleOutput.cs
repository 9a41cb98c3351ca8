namespace Dominion.Host.Machine.Consoles;

/// <summary>Takes what a domain's console shows.</summary>
public interface IConsoleOutput
{
    /// <summary>Takes bytes, in order. Called by one thread at a time, maybe under a domain's device lock: it does not block for long and calls nothing of the machine.</summary>
    /// <param name="bytes">The bytes; valid during the call.</param>
    void Write(ReadOnlySpan<byte> bytes);
}
