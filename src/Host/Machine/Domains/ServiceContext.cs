using Dominion.Diagnostics;
using Dominion.Services;
using Dominion.Time;

namespace Dominion.Host.Machine.Domains;

/// <summary>What a service is built from.</summary>
internal sealed record ServiceContext(string Name, ILog Log, IClock Clock, bool IsRestored) : IServiceContext;
