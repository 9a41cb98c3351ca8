namespace Dominion.Host.Tests.Plugins;

/// <summary>The tests that need third parties' plugins; they are built once for all.</summary>
[CollectionDefinition(Name)]
public sealed class ThirdPartyCollection : ICollectionFixture<ThirdPartyFixture>
{
    public const string Name = "third parties";
}
