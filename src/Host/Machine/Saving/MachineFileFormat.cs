namespace Dominion.Host.Machine.Saving;

/// <summary>
/// The file of a saved machine, all numbers little-endian; docs/running.md describes it for other programs.
/// <code>
/// 0    "DOMINION-MACHINE"
/// 16   format version, le32; then le32 0
/// 24   length of the file, le64
/// 32   SHA-256 of everything from byte 64 on
/// 64   sections: a tag of 4 characters, version le32, then blocks: length le32 (1 to 2^20) and bytes; a length of 0 ends the section
/// </code>
/// The blocks of a section make one DEFLATE stream (RFC 1951). The last section is <see cref="End"/>, which is empty.
/// </summary>
internal static class MachineFileFormat
{
    internal const uint Version = 1;
    internal const int HeaderLength = 64;
    internal const int VersionOffset = 16;
    internal const int ReservedOffset = 20;
    internal const int LengthOffset = 24;
    internal const int HashOffset = 32;
    internal const int TagLength = 4;
    internal const int LongestBlock = 1 << 20;

    /// <summary>What the machine is: a <see cref="SavedMachineInfo"/> in JSON.</summary>
    internal const string Info = "INFO";

    /// <summary>The scheduler's and the services' time.</summary>
    internal const string Time = "TIME";

    /// <summary>One service that has state: its name, then what it wrote.</summary>
    internal const string Service = "SERV";

    /// <summary>One domain.</summary>
    internal const string Domain = "DOMN";

    /// <summary>The end.</summary>
    internal const string End = "END ";

    internal const int SectionVersion = 1;

    internal static ReadOnlySpan<byte> Magic => "DOMINION-MACHINE"u8;
}
