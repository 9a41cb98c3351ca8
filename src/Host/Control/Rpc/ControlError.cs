namespace Dominion.Host.Control.Rpc;

/// <summary>A diagnostic as the data of a JSON-RPC error.</summary>
/// <param name="Id">The diagnostic's id.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Suggestion">What would be right, or null.</param>
/// <param name="File">The file that it is about, or null.</param>
internal sealed record ControlError(string Id, string Message, string? Suggestion, string? File);
