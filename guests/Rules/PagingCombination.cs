namespace Dominion.Guests.Rules;

/// <summary>One access through two paging-structure entries under one setting of the control bits, and what the manual says of it (SDM volume 3A, 4.6, 4.7, 4.8).</summary>
internal readonly record struct PagingCombination
{
    public bool Present { get; init; }

    public bool Writable { get; init; }

    public bool User { get; init; }

    public bool NoExecute { get; init; }

    public bool UpperWritable { get; init; }

    public bool UpperUser { get; init; }

    public bool UpperNoExecute { get; init; }

    /// <summary>A reserved bit is set in the last entry.</summary>
    public bool Reserved { get; init; }

    /// <summary>A reserved bit is set in the entry above.</summary>
    public bool UpperReserved { get; init; }

    public bool WriteProtect { get; init; }

    public bool Smep { get; init; }

    public bool Smap { get; init; }

    public bool AlignmentFlag { get; init; }

    public bool NoExecuteEnabled { get; init; }

    public bool UserMode { get; init; }

    /// <summary>Protection keys are on; the page's key is 1.</summary>
    public bool Keys { get; init; }

    public bool AccessDisabled { get; init; }

    public bool WriteDisabled { get; init; }

    /// <summary>0 reads, 1 writes, 2 fetches.</summary>
    public int Kind { get; init; }

    /// <summary>The combination as the guest's table has it.</summary>
    public uint Encode()
    {
        ReadOnlySpan<bool> bits =
        [
            Present, Writable, User, NoExecute, UpperWritable, UpperUser, UpperNoExecute, Reserved, UpperReserved,
            WriteProtect, Smep, Smap, AlignmentFlag, NoExecuteEnabled, UserMode, Keys, AccessDisabled, WriteDisabled,
        ];
        uint value = (uint)Kind << KindShift;
        for (int i = 0; i < bits.Length; i++)
            value |= bits[i] ? 1u << i : 0;
        return value;
    }

    public const int UpperWritableBit = 4;
    public const int NoExecuteBit = 3;
    public const int UpperNoExecuteBit = 6;
    public const int ReservedBit = 7;
    public const int UpperReservedBit = 8;
    public const int WriteProtectBit = 9;
    public const int SmepBit = 10;
    public const int SmapBit = 11;
    public const int AlignmentFlagBit = 12;
    public const int NoExecuteEnabledBit = 13;
    public const int UserModeBit = 14;
    public const int KeysBit = 15;
    public const int AccessDisabledBit = 16;
    public const int KindShift = 24;

    /// <summary>In <see cref="Expect"/>: the access is allowed.</summary>
    public const uint Allowed = 0x8000_0000;

    /// <summary>What the guest must find: <see cref="Allowed"/> with the accessed (20H) and dirty (40H) flags of the last entry, or the error code.</summary>
    /// <param name="wide">Entries of eight bytes.</param>
    public uint Expect(bool wide)
    {
        bool write = Kind == 1;
        bool fetch = Kind == 2;
        uint code = (write ? 2u : 0) | (UserMode ? 4u : 0) | (fetch && (Smep || (wide && NoExecuteEnabled)) ? 16u : 0);
        if (UpperReserved || (UpperNoExecute && !NoExecuteEnabled))
            return code | 9;
        if (!Present)
            return code;
        if (Reserved || (NoExecute && !NoExecuteEnabled))
            return code | 9;

        bool userPage = User && UpperUser;
        bool writable = Writable && UpperWritable;
        bool noExecute = NoExecute || UpperNoExecute;
        bool allowed = UserMode
            ? userPage && !(write && !writable) && !(fetch && noExecute)
            : fetch ? !noExecute && !(userPage && Smep)
            : !(userPage && Smap && !AlignmentFlag) && !(write && !writable && WriteProtect);
        bool keyRefuses = Keys && userPage && !fetch && (AccessDisabled || (write && WriteDisabled && (UserMode || WriteProtect)));
        if (!allowed || keyRefuses)
            return code | 1 | (keyRefuses ? 32u : 0);
        return Allowed | 0x20 | (write ? 0x40u : 0);
    }
}
