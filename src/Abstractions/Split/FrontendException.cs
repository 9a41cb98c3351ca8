namespace Dominion.Split;

/// <summary>A frontend broke its protocol, so that its connection cannot go on. Not for single requests that fail: those are answered.</summary>
public sealed class FrontendException : Exception
{
    /// <summary>Says what a frontend did.</summary>
    /// <param name="message">What, for a person; it goes to the device's <c>error</c> node and the log.</param>
    public FrontendException(string message)
        : base(message)
    {
    }
}
