namespace Dominion.Host.Tests.Composition.TestPlugin;

public enum TestNicMode
{
    HalfDuplex,
    FullDuplex,
}
