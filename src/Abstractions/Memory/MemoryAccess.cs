namespace Dominion.Memory;

/// <summary>What an access to memory does.</summary>
public enum MemoryAccess : byte
{
    /// <summary>Reads data.</summary>
    Read,

    /// <summary>Writes data, or reads and writes.</summary>
    Write,

    /// <summary>Fetches an instruction.</summary>
    Execute,
}
