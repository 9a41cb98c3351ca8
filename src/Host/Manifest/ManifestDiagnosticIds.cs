namespace Dominion.Host.Manifest;

/// <summary>The ids of what can be wrong with a manifest. docs/manifest.md explains each; an id is never used for something else.</summary>
public static class ManifestDiagnosticIds
{
    /// <summary>The manifest cannot be read.</summary>
    public const string Unreadable = "DOM1001";

    /// <summary>The text is not well-formed YAML or JSON.</summary>
    public const string Syntax = "DOM1002";

    /// <summary>The manifest is larger or nested deeper than allowed, or has more problems than are listed.</summary>
    public const string TooLarge = "DOM1003";

    /// <summary>A feature of YAML that manifests do not have: anchors, aliases, tags, several documents, keys that are not plain texts.</summary>
    public const string UnsupportedYaml = "DOM1004";

    /// <summary>A key occurs twice in one mapping, or an option is given in two ways.</summary>
    public const string DuplicateKey = "DOM1005";

    /// <summary>A value is of the wrong type.</summary>
    public const string WrongType = "DOM1006";

    /// <summary>A key that is not known here.</summary>
    public const string UnknownKey = "DOM1007";

    /// <summary>A key or an option that must be given is missing.</summary>
    public const string MissingKey = "DOM1008";

    /// <summary>A number or a size is out of its range.</summary>
    public const string OutOfRange = "DOM1009";

    /// <summary>A value is none of those that there are.</summary>
    public const string UnknownChoice = "DOM1010";

    /// <summary>Two domains have one name.</summary>
    public const string DuplicateDomain = "DOM1011";

    /// <summary>A domain's or service's name is reserved or not made of the allowed characters.</summary>
    public const string BadName = "DOM1012";

    /// <summary>The argument of <c>--set</c> cannot be read.</summary>
    public const string BadOverride = "DOM1013";

    /// <summary>The path of <c>--set</c> leads nowhere.</summary>
    public const string OverridePath = "DOM1014";

    /// <summary>An entry names no export.</summary>
    public const string NoExport = "DOM1015";

    /// <summary>An entry names several exports.</summary>
    public const string SeveralExports = "DOM1016";

    /// <summary>Options are given both inside and beside the export's own mapping.</summary>
    public const string MixedOptions = "DOM1017";

    /// <summary>An option refers to a service that is not there.</summary>
    public const string NoSuchService = "DOM1018";

    /// <summary>An option refers to a service of the wrong kind.</summary>
    public const string WrongService = "DOM1019";

    /// <summary>The board has no slot of that name.</summary>
    public const string UnknownSlot = "DOM1020";

    /// <summary>A key that the domain's type has no use for.</summary>
    public const string NotForThisType = "DOM1021";

    /// <summary>An export that takes no single value, or no options, is given some.</summary>
    public const string NoOptions = "DOM1022";

    /// <summary>The machine's memory does not hold its domains.</summary>
    public const string MachineTooSmall = "DOM1023";

    /// <summary>The machine needs more memory than the host has.</summary>
    public const string TooMuchMemory = "DOM1024";

    /// <summary>The core has no such model.</summary>
    public const string UnknownModel = "DOM1025";

    /// <summary>The core has no such engine.</summary>
    public const string UnknownEngine = "DOM1026";

    /// <summary>Neither the core nor an extension provides a feature.</summary>
    public const string UnknownFeature = "DOM1027";

    /// <summary>An extension cannot be used in this build.</summary>
    public const string ExtensionUnavailable = "DOM1028";

    /// <summary>Two split devices of a domain have one number in their class.</summary>
    public const string DuplicateDevice = "DOM1029";

    /// <summary>A split device names a domain that has no backends.</summary>
    public const string NoSuchBackendDomain = "DOM1030";
}
