using Dominion.Plugins;

namespace Acme.Broken;

[Device("unrelated")]
public sealed class UnrelatedFactory;
