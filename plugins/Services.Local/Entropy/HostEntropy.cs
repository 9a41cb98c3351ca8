using System.Security.Cryptography;

namespace Dominion.Services.Local.Entropy;

/// <summary>The host's own random generator.</summary>
internal sealed class HostEntropy : IEntropySource
{
    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
