namespace Dominion.Plugins;

/// <summary>An amount of bytes. A manifest writes it as a number of bytes or with a unit: <c>512MiB</c>, <c>1GiB</c>, <c>64KiB</c>.</summary>
/// <param name="Bytes">The amount in bytes.</param>
public readonly record struct ByteSize(ulong Bytes)
{
    /// <summary>The amount as <paramref name="count"/> MiB.</summary>
    /// <param name="count">A number of MiB (2^20 bytes).</param>
    /// <returns>The size.</returns>
    public static ByteSize FromMebibytes(ulong count) => new(count << 20);

    /// <inheritdoc/>
    public override string ToString() => Bytes switch
    {
        0 => "0",
        _ when Bytes % (1UL << 30) == 0 => $"{Bytes >> 30}GiB",
        _ when Bytes % (1UL << 20) == 0 => $"{Bytes >> 20}MiB",
        _ when Bytes % (1UL << 10) == 0 => $"{Bytes >> 10}KiB",
        _ => $"{Bytes}",
    };
}
