using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.Paging;

/// <summary>A cached translation of a linear page for data accesses. A tag is the page's linear address when the access may go straight to host memory, and <see cref="NoTag"/> otherwise.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TlbEntry
{
    /// <summary>No page has this address: its low bits are set.</summary>
    public const ulong NoTag = ulong.MaxValue;

    /// <summary>The page that may be read.</summary>
    public ulong ReadTag;

    /// <summary>The page that may be written.</summary>
    public ulong WriteTag;

    /// <summary>Host address minus linear address.</summary>
    public nint Addend;

    /// <summary>The host address of the page, 0 for an empty entry. Bit 0 (<see cref="CodeBit"/>): writes are allowed, but the page holds decoded code, so they take the slow path.</summary>
    public nint Host;

    /// <summary>See <see cref="Host"/>.</summary>
    public const nint CodeBit = 1;
}
