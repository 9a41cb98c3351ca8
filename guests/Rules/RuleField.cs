namespace Dominion.Guests.Rules;

/// <summary>What a case may expect: a doubleword that the exception handler or the case itself records.</summary>
internal enum RuleField
{
    /// <summary>The vector, or all ones when the case ran to its end.</summary>
    Vector,

    /// <summary>The error code, 0 where there is none.</summary>
    Error,

    /// <summary>EIP on the handler's stack, and what follows it there.</summary>
    Eip,

    /// <summary>CS.</summary>
    Cs,

    /// <summary>EFLAGS.</summary>
    Eflags,

    /// <summary>ESP of the interrupted program, where the privilege level changed.</summary>
    OuterEsp,

    /// <summary>SS of the interrupted program.</summary>
    OuterSs,

    /// <summary>ES of virtual-8086 mode.</summary>
    OuterEs,

    /// <summary>DS of virtual-8086 mode.</summary>
    OuterDs,

    /// <summary>FS of virtual-8086 mode.</summary>
    OuterFs,

    /// <summary>GS of virtual-8086 mode.</summary>
    OuterGs,

    /// <summary>CR2.</summary>
    Cr2,

    /// <summary>DR6.</summary>
    Dr6,

    /// <summary>TR in the handler.</summary>
    Tr,

    /// <summary>ESP in the handler.</summary>
    HandlerEsp,

    /// <summary>EFLAGS in the handler.</summary>
    HandlerEflags,

    /// <summary>What the case itself found out.</summary>
    Result,

    /// <summary>The same, a second value.</summary>
    Second,

    /// <summary>A third one.</summary>
    Third,

    /// <summary>A fourth one.</summary>
    Fourth,
}
