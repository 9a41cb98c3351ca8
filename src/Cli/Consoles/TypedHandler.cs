namespace Dominion.Cli.Consoles;

/// <summary>Takes what is typed.</summary>
/// <param name="bytes">The bytes; valid during the call.</param>
internal delegate void TypedHandler(ReadOnlySpan<byte> bytes);
