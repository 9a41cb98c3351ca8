namespace Dominion.Host.Plugins;

/// <summary>The ids of what can be wrong with plugins. docs/manifest.md explains each; an id is never used for something else.</summary>
public static class PluginDiagnosticIds
{
    /// <summary>A plugin root that was asked for is not there.</summary>
    public const string RootMissing = "DOM2001";

    /// <summary>A folder under a plugin root holds no plugin.</summary>
    public const string NoPluginInFolder = "DOM2002";

    /// <summary>A file that should be a plugin's assembly is none, or cannot be read.</summary>
    public const string NotAnAssembly = "DOM2003";

    /// <summary>A plugin works with other contract levels than the host's.</summary>
    public const string WrongContractLevel = "DOM2004";

    /// <summary>Two folders hold plugins of one id.</summary>
    public const string DuplicatePluginId = "DOM2005";

    /// <summary>An assembly that a plugin references is neither shared by the host, nor the framework's, nor in the plugin's folder.</summary>
    public const string MissingDependency = "DOM2006";

    /// <summary>One plugin exports two things of a kind by one name.</summary>
    public const string DuplicateExportInPlugin = "DOM2007";

    /// <summary>Two plugins export a name that the manifest uses without saying which is meant.</summary>
    public const string AmbiguousExport = "DOM2008";

    /// <summary>No plugin exports what the manifest names.</summary>
    public const string NoSuchExport = "DOM2009";

    /// <summary>The manifest names a plugin that is not there.</summary>
    public const string NoSuchPlugin = "DOM2010";

    /// <summary>A plugin's code does not load.</summary>
    public const string LoadFailed = "DOM2011";

    /// <summary>An exporting class does not implement the contract of its kind, or cannot be made at all.</summary>
    public const string ContractNotImplemented = "DOM2012";

    /// <summary>The constructor of an exporting class threw.</summary>
    public const string ConstructorThrew = "DOM2013";

    /// <summary>What an exporting class imports is not there.</summary>
    public const string CompositionFailed = "DOM2014";

    /// <summary>An options type has no public constructor without parameters, or an option of a type that manifests cannot give.</summary>
    public const string BadOptionsType = "DOM2015";

    /// <summary>A plugin's id or an export's name is not made of the allowed characters.</summary>
    public const string BadName = "DOM2016";

    /// <summary>One folder holds the assemblies of several plugins.</summary>
    public const string SeveralPluginsInFolder = "DOM2017";

    /// <summary>A plugin threw while it was asked what it offers.</summary>
    public const string PluginThrew = "DOM2018";

    /// <summary>A board gives a slot an option that the device in it cannot take.</summary>
    public const string BadSlot = "DOM2019";
}
