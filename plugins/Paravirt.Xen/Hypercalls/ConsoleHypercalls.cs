using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>console_io: the emergency console, which goes where the domain's console goes.</summary>
internal static class ConsoleHypercalls
{
    private const int Write = 0;
    private const int Read = 1;
    private const int ChunkSize = 1024;

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        switch (arguments[0])
        {
            case Write:
                ulong left = (uint)arguments[1];
                ulong address = arguments[2];
                byte[] chunk = new byte[ChunkSize];
                while (left > 0)
                {
                    Span<byte> part = chunk.AsSpan(0, (int)Math.Min(left, ChunkSize));
                    if (!vcpu.Guest.TryRead(address, part))
                        return HypercallTable.Error(XenError.Fault);
                    vcpu.Domain.WriteEmergencyConsole(part);
                    address += (ulong)part.Length;
                    left -= (ulong)part.Length;
                }

                return 0;
            case Read:
                // What is typed goes to the console ring; there is nothing to read here.
                return 0;
            default:
                return HypercallTable.Error(XenError.NotImplemented);
        }
    }
}
