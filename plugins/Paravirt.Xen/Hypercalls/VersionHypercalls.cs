using System.Text;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>xen_version (xen/include/public/version.h).</summary>
internal static class VersionHypercalls
{
    private const int Version = 0;
    private const int ExtraVersion = 1;
    private const int CompileInfo = 2;
    private const int Capabilities = 3;
    private const int ChangeSet = 4;
    private const int PlatformParameters = 5;
    private const int GetFeatures = 6;
    private const int PageSize = 7;
    private const int GuestHandle = 8;
    private const int CommandLine = 9;

    private const uint PreserveFlags = 1 << 5;
    private const uint HighMemoryAssist = 1 << 6;
    private const uint GrantMapAvailableBits = 1 << 7;

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ulong buffer = arguments[1];
        switch (arguments[0])
        {
            case Version:
                return (Hypervisor.MajorVersion << 16) | Hypervisor.MinorVersion;
            case ExtraVersion:
                return Text(vcpu, buffer, (".0-dominion", 16));
            case CompileInfo:
                return Text(vcpu, buffer, (".NET", 64), ("dominion", 16), ("", 32), ("", 32));
            case Capabilities:
                return Text(vcpu, buffer, ("xen-3.0-x86_64", 1024));
            case ChangeSet:
                return Text(vcpu, buffer, ("unavailable", 64));
            case PlatformParameters:
                return Value(vcpu, buffer, PlatformStart);
            case GetFeatures:
                return Features(vcpu, buffer);
            case PageSize:
                return 4096;
            case GuestHandle:
                return vcpu.Guest.TryWrite(buffer, new byte[16]) ? 0 : HypercallTable.Error(XenError.Fault);
            case CommandLine:
                return Text(vcpu, buffer, ("", 1024));
            default:
                return HypercallTable.Error(XenError.NotImplemented);
        }
    }

    private static ulong PlatformStart => Memory.MachineToPhysical.VirtualStart;

    /// <summary>Writes fixed-size texts one after the other, each filled up with zeros: nothing of the VMM's memory leaks behind them.</summary>
    private static long Text(PvVcpu vcpu, ulong buffer, params ReadOnlySpan<(string Value, int Size)> fields)
    {
        int total = 0;
        foreach ((string _, int size) in fields)
            total += size;
        byte[] bytes = new byte[total];
        int offset = 0;
        foreach ((string value, int size) in fields)
        {
            Encoding.ASCII.GetBytes(value).CopyTo(bytes, offset);
            offset += size;
        }

        return vcpu.Guest.TryWrite(buffer, bytes) ? 0 : HypercallTable.Error(XenError.Fault);
    }

    private static long Value(PvVcpu vcpu, ulong buffer, ulong value) => vcpu.Guest.TryWrite(buffer, value) ? 0 : HypercallTable.Error(XenError.Fault);

    private static long Features(PvVcpu vcpu, ulong buffer)
    {
        if (!vcpu.Guest.TryRead(buffer, out uint map))
            return HypercallTable.Error(XenError.Fault);
        if (map != 0)
            return HypercallTable.Error(XenError.Invalid);
        return vcpu.Guest.TryWrite(buffer + 4, PreserveFlags | HighMemoryAssist | GrantMapAvailableBits) ? 0 : HypercallTable.Error(XenError.Fault);
    }
}
