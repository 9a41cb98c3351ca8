namespace Dominion.Host.Manifest;

/// <summary>The keys that the host itself gives a meaning.</summary>
internal static class ManifestKeys
{
    public const string Machine = "machine";
    public const string Plugins = "plugins";
    public const string Services = "services";
    public const string Domains = "domains";
    public const string Memory = "memory";
    public const string Clock = "clock";
    public const string Cpu = "cpu";
    public const string Core = "core";
    public const string Model = "model";
    public const string Engine = "engine";
    public const string Features = "features";
    public const string Name = "name";
    public const string Type = "type";
    public const string Vcpus = "vcpus";
    public const string Board = "board";
    public const string Slots = "slots";
    public const string Devices = "devices";

    /// <summary>The domain that a split device's backend runs in.</summary>
    public const string Backend = "backend";

    /// <summary>The domain that has the backends.</summary>
    public const string ControlDomain = "Domain-0";

    /// <summary>What <c>slots:</c> writes for an empty slot.</summary>
    public const string None = "none";

    /// <summary>The service that is each domain's own console.</summary>
    public const string Console = "console";

    public static readonly IReadOnlyList<string> Top = [Machine, Plugins, Services, Domains];
    public static readonly IReadOnlyList<string> MachineKeys = [Name, Memory, Clock, Cpu];
    public static readonly IReadOnlyList<string> MachineCpuKeys = [Core, Model, Engine, Features];
    public static readonly IReadOnlyList<string> DomainCpuKeys = [Model, Engine, Features];
    public static readonly IReadOnlyList<string> DomainKeys = [Name, Type, Memory, Vcpus, Cpu, Board, Slots, Devices];
}
