namespace Dominion.Domains;

/// <summary>Where a domain is in its life.</summary>
public enum DomainState
{
    /// <summary>Made, not started.</summary>
    Created,

    /// <summary>Its vCPUs run.</summary>
    Running,

    /// <summary>Its vCPUs are held.</summary>
    Paused,

    /// <summary>It ended itself in the ordinary way.</summary>
    PoweredOff,

    /// <summary>It ended by a triple fault, by a guest's exit code other than 0, or by a defect of ours.</summary>
    Crashed,

    /// <summary>The toolstack ended it.</summary>
    Destroyed,
}
