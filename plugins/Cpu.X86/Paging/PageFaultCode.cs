namespace Dominion.Cpu.X86.Paging;

/// <summary>The bits of a page fault's error code (SDM volume 3A, 4.7).</summary>
internal static class PageFaultCode
{
    public const uint Present = 1 << 0;
    public const uint Write = 1 << 1;
    public const uint User = 1 << 2;
    public const uint Reserved = 1 << 3;
    public const uint Fetch = 1 << 4;
    public const uint ProtectionKey = 1 << 5;
}
