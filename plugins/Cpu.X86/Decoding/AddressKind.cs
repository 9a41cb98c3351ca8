namespace Dominion.Cpu.X86.Decoding;

/// <summary>Which addressing type argument a memory operand needs.</summary>
internal enum AddressKind
{
    /// <summary>The operand is no memory.</summary>
    None,

    /// <summary><see cref="Interpreter.Memory.BaseDisplacement"/>.</summary>
    BaseDisplacement,

    /// <summary><see cref="Interpreter.Memory.Flat64"/>.</summary>
    Flat64,

    /// <summary><see cref="Interpreter.Memory.Segmented"/>.</summary>
    Segmented,
}
