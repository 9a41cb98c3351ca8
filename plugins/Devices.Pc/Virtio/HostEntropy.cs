using System.Security.Cryptography;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>The host's own random generator.</summary>
internal sealed class HostEntropy : IEntropySource
{
    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
