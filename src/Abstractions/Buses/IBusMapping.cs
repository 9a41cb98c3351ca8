namespace Dominion.Buses;

/// <summary>A target's place on a bus. Dispose takes it off.</summary>
public interface IBusMapping : IDisposable
{
    /// <summary>The address of the first byte.</summary>
    ulong Start { get; }

    /// <summary>The length in bytes.</summary>
    ulong Length { get; }

    /// <summary>Whether the target answers now. A PCI BAR goes off and on with its function's command register.</summary>
    bool Enabled { get; set; }

    /// <summary>Moves the mapping.</summary>
    /// <param name="start">The new address of the first byte.</param>
    void Move(ulong start);
}
