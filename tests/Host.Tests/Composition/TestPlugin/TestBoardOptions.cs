namespace Dominion.Host.Tests.Composition.TestPlugin;

public sealed record TestBoardOptions
{
    public bool SecondPort { get; init; }

    public bool Throw { get; init; }
}
