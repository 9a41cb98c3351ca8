namespace Dominion.Host.Manifest.Options;

/// <summary>What a manifest may write for an option.</summary>
public enum OptionKind
{
    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A whole number, decimal or with 0x.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Any text.</summary>
    Text,

    /// <summary>A number of bytes, with or without a unit.</summary>
    Size,

    /// <summary>A path, relative to the manifest's folder.</summary>
    Path,

    /// <summary>A MAC address.</summary>
    MacAddress,

    /// <summary>The name of a service.</summary>
    Service,

    /// <summary>One of a fixed set of names.</summary>
    Choice,

    /// <summary>A list.</summary>
    List,

    /// <summary>A mapping with options of its own.</summary>
    Record,
}
