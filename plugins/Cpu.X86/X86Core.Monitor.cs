using System.Runtime.CompilerServices;
using Dominion.Memory;

namespace Dominion.Cpu.X86;

/// <content>The line that MONITOR has armed. It is not part of the saved state: a restored vCPU's MWAIT finds nothing armed and ends at once, which the manual allows.</content>
internal sealed unsafe partial class X86Core
{
    /// <summary>The bytes that a monitor covers, as leaf 5 of CPUID tells.</summary>
    public const int MonitorLine = 64;

    private readonly byte[] _monitored = new byte[MonitorLine];
    private byte* _monitorHost;

    /// <summary>Arms the monitor for the line of an address that has just been read.</summary>
    public void ArmMonitor(ulong linear)
    {
        _monitorHost = null;
        if (!Resolve(linear, MemoryAccess.Read, S->Cpl == 3, AccessControlSet, out byte* host, out _) || host == null)
            return;
        _monitorHost = (byte*)((nuint)host & ~(nuint)(MonitorLine - 1));
        new ReadOnlySpan<byte>(_monitorHost, MonitorLine).CopyTo(_monitored);
    }

    /// <summary>Disarms the monitor.</summary>
    /// <returns>Whether MWAIT should wait: a line was armed, it has not changed, and no other vCPU can change it.</returns>
    public bool DisarmMonitor()
    {
        byte* host = _monitorHost;
        _monitorHost = null;
        return host != null && VcpuCount == 1 && new ReadOnlySpan<byte>(host, MonitorLine).SequenceEqual(_monitored);
    }
}
