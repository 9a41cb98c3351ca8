namespace Dominion.Oracle.X86.Forms;

/// <summary>How a form is checked.</summary>
internal enum FormKind
{
    /// <summary>Run on both, everything compared.</summary>
    Checked,

    /// <summary>Run on both, but its result is each processor's own: that is left out.</summary>
    ShapeOnly,

    /// <summary>For privilege level 0: on both it must be refused at level 3; what it does there is checked by guests.</summary>
    Privileged,

    /// <summary>Not run on the host, for the reason given; checked by guests.</summary>
    System,

    /// <summary>The host's processor or kernel does not have it.</summary>
    HostLacks,
}
