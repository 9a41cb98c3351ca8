namespace Dominion.Buses;

/// <summary>The width of a bus access; the value is the number of bytes.</summary>
public enum AccessWidth : byte
{
    /// <summary>8 bits.</summary>
    Byte = 1,

    /// <summary>16 bits.</summary>
    Word = 2,

    /// <summary>32 bits.</summary>
    Dword = 4,

    /// <summary>64 bits; memory only.</summary>
    Qword = 8,
}
