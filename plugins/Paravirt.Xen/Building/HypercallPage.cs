using Dominion.Memory;
using Dominion.Paravirt.Xen.Hypercalls;

namespace Dominion.Paravirt.Xen.Building;

/// <summary>The page of stubs through which a kernel makes hypercalls: 32 bytes for each (xen/include/public/arch-x86/xen-x86_64.h).</summary>
internal static unsafe class HypercallPage
{
    private const int StubSize = 32;
    private const byte PushRcx = 0x51;
    private const byte PopRcx = 0x59;
    private const byte PushRax = 0x50;
    private const byte MoveEax = 0xB8;
    private const byte Return = 0xC3;

    /// <summary>Writes the page.</summary>
    /// <param name="page">Its 4096 bytes.</param>
    public static void Write(byte* page)
    {
        Span<byte> bytes = new(page, FrameRange.FrameSize);
        bytes.Fill(0xCC);
        for (int i = 0; i < HypercallTable.PageEntries; i++)
        {
            Span<byte> stub = bytes.Slice(i * StubSize, StubSize);
            Write(stub, i);
        }
    }

    private static void Write(Span<byte> stub, int number)
    {
        ReadOnlySpan<byte> pushR11 = [0x41, 0x53];
        ReadOnlySpan<byte> popR11 = [0x41, 0x5B];
        ReadOnlySpan<byte> syscall = [0x0F, 0x05];
        bool returns = number != (int)HypercallTable.InterruptReturnNumber;
        int at = 0;
        Add(stub, ref at, [PushRcx]);
        Add(stub, ref at, pushR11);
        if (!returns)
            Add(stub, ref at, [PushRax]);
        Add(stub, ref at, [MoveEax, (byte)number, 0, 0, 0]);
        Add(stub, ref at, syscall);
        if (!returns)
            return;
        Add(stub, ref at, popR11);
        Add(stub, ref at, [PopRcx, Return]);
    }

    private static void Add(Span<byte> stub, ref int at, ReadOnlySpan<byte> code)
    {
        code.CopyTo(stub[at..]);
        at += code.Length;
    }
}
