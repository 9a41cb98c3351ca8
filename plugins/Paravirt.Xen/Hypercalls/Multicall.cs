using System.Buffers.Binary;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>multicall: several hypercalls in one; each entry gets its own result.</summary>
internal static class Multicall
{
    private const ulong MaximumCalls = 1 << 20;

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        AbiLayout layout = vcpu.Domain.Layout;
        ulong address = arguments[0];
        ulong count = (uint)arguments[1];
        if (count > MaximumCalls)
            return HypercallTable.Error(XenError.Fault);
        Span<byte> entry = stackalloc byte[64];
        entry = entry[..layout.MulticallSize];
        for (ulong i = 0; i < count; i++, address += (ulong)entry.Length)
        {
            if (!vcpu.Guest.TryRead(address, entry))
                return HypercallTable.Error(XenError.Fault);
            ulong number = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            HypercallArguments inner = default;
            for (int n = 0; n < 6; n++)
                inner[n] = BinaryPrimitives.ReadUInt64LittleEndian(entry[(8 * (n + 2))..]);

            // A return from a trap has no result to store, and nothing is left to return to after it.
            if (number == HypercallTable.InterruptReturnNumber)
            {
                HypercallTable.Invoke(vcpu, number, inner);
                return (long)vcpu.Core.State.Gpr[(int)Cpu.X86.X86Register.Rax];
            }

            // A nested one would recurse without bound.
            long result = number == 13 ? HypercallTable.Error(XenError.NotImplemented) : HypercallTable.Invoke(vcpu, number, inner);
            if (!vcpu.Guest.TryWrite(address + 8, result))
                return HypercallTable.Error(XenError.Fault);
            if (vcpu.IsLeaving)
                return 0;
        }

        return 0;
    }
}
