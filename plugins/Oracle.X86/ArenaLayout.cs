namespace Dominion.Oracle.X86;

/// <summary>What is where in the arena, which the host and the core see at the same linear addresses. What is not named is not mapped.</summary>
internal static class ArenaLayout
{
    public const int PageSize = 0x1000;

    /// <summary>The arena's size and alignment.</summary>
    public const int Size = 0x20_0000;

    /// <summary>What operands are in, compared after each instruction; the stack is its upper part.</summary>
    public const int Data = 0x1000;

    public const int DataSize = 0x2000;

    /// <summary>The first byte behind the data, in a page that is not mapped.</summary>
    public const int DataEnd = Data + DataSize;

    /// <summary>Where operands in memory are near.</summary>
    public const int DataMiddle = Data + 0xC00;

    /// <summary>Where RSP points.</summary>
    public const int Stack = Data + 0x1A00;

    /// <summary>A page that can be read only, between two that are not mapped.</summary>
    public const int ReadOnly = 0x4000;

    /// <summary>Where code runs: the base of 16-bit code segments.</summary>
    public const int Code = 0x1_0000;

    public const int CodeSize = 0x2000;

    public const int CodeEnd = Code + CodeSize;

    /// <summary>Where the instruction is, unless it shall lie across the end of the code.</summary>
    public const int Instruction = Code + 0x800;

    /// <summary>HLT: at privilege level 3 it is #GP(0), which ends every case where the instruction leads to.</summary>
    public const byte Filler = 0xF4;

    /// <summary>Gives the page that can only be read its contents.</summary>
    public static void FillReadOnly(Span<byte> page)
    {
        for (int i = 0; i < page.Length; i++)
            page[i] = (byte)(i * 37);
    }
}
