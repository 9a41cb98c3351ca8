namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>The signs with which a fused operation adds up.</summary>
internal interface IFusedSigns
{
    /// <summary>Whether the product is negated.</summary>
    static abstract bool NegatesProduct { get; }

    /// <summary>Whether even elements of the addend are subtracted; the first is even.</summary>
    static abstract bool SubtractsEven { get; }

    /// <summary>Whether odd elements of the addend are subtracted.</summary>
    static abstract bool SubtractsOdd { get; }
}
