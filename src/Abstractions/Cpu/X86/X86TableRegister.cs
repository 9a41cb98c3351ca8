using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86;

/// <summary>GDTR or IDTR.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct X86TableRegister
{
    /// <summary>The table's linear address.</summary>
    [FieldOffset(0)]
    public ulong Base;

    /// <summary>The offset of the table's last byte.</summary>
    [FieldOffset(8)]
    public uint Limit;
}
