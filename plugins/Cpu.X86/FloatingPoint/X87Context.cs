using System.Runtime.CompilerServices;

namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>What one x87 operation reads from the control word and what it reports for the status word. Make one for each
/// instruction from FCW. Afterwards OR <see cref="Raised"/> into the status word's flags, put <see cref="RoundedUp"/> into C1,
/// and write the result only where <see cref="SuppressesResult"/> (a register) or <see cref="SuppressesStore"/> (memory) is
/// false. An operation returns the masked response to what is masked, and for an unmasked overflow or underflow the result
/// with its exponent adjusted by 24576, which goes to the register (SDM 1 8.5).</summary>
internal struct X87Context(ushort controlWord)
{
    private readonly ushort control = controlWord;

    /// <summary>The exceptions of this operation, masked or not.</summary>
    public FloatExceptions Raised;

    /// <summary>C1 after an inexact result: the magnitude was rounded up. False in every other case.</summary>
    public bool RoundedUp;

    /// <summary>A memory operand was a denormal of its format, which the register it was widened to does not show.</summary>
    private bool hasDenormalMemoryOperand;

    public readonly RoundingMode Rounding => (RoundingMode)((control >> 10) & 3);

    /// <summary>How many low bits of a 64-bit significand the precision control drops; the reserved encoding 01 drops none
    /// (SDM 1 8.1.5.2).</summary>
    public readonly int DroppedBits => (control & 0x300) switch { 0x000 => 40, 0x200 => 11, _ => 0 };

    /// <summary>The exceptions that the control word masks.</summary>
    public readonly FloatExceptions Masked => (FloatExceptions)control & FloatExceptions.All;

    /// <summary>The exceptions of this operation that are not masked: the status word's ES and B become set if there is one.</summary>
    public readonly FloatExceptions Unmasked => Raised & ~Masked;

    /// <summary>True when the operands, the stack and the tags stay as they were, because an invalid operand, a denormal
    /// operand or a division by zero is unmasked.</summary>
    public readonly bool SuppressesResult => (Unmasked & FloatExceptions.PreComputation) != 0;

    /// <summary>True when FLD of 32 or 64 bits does not push: processors complete it on an unmasked denormal operand.</summary>
    public readonly bool SuppressesLoad => (Unmasked & FloatExceptions.Invalid) != 0;

    /// <summary>True when a store does not write memory and does not pop: an unmasked overflow or underflow too has no
    /// result there (SDM 1 8.5.4 and 8.5.5).</summary>
    public readonly bool SuppressesStore => (Unmasked & ~FloatExceptions.Precision) != 0;

    /// <summary>True when every exception of the set is masked.</summary>
    public readonly bool Masks(FloatExceptions exceptions) => (exceptions & ~Masked) == 0;

    /// <summary>Records exceptions; false when one of them is unmasked, so that the operation ends here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Raise(FloatExceptions exceptions)
    {
        Raised |= exceptions;
        return Masks(exceptions);
    }

    /// <summary>True for operands that raise nothing themselves and have no special rules.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool AreOrdinary(Float80 left, Float80 right) =>
        left.IsNormal && right.IsNormal && !hasDenormalMemoryOperand;

    internal void NoteDenormalMemoryOperand() => hasDenormalMemoryOperand = true;

    /// <summary>Records the denormal-operand exception if it is due; false when that ends the operation.</summary>
    internal bool CheckDenormal(Float80 operand) =>
        !(operand.IsDenormal || hasDenormalMemoryOperand) || Raise(FloatExceptions.Denormal);

    /// <inheritdoc cref="CheckDenormal(Float80)"/>
    internal bool CheckDenormal(Float80 left, Float80 right) =>
        !(left.IsDenormal || right.IsDenormal || hasDenormalMemoryOperand) || Raise(FloatExceptions.Denormal);

    /// <summary>Records an invalid operation and gives its masked response.</summary>
    internal Float80 Invalid()
    {
        Raised |= FloatExceptions.Invalid;
        return Float80.Indefinite;
    }
}
