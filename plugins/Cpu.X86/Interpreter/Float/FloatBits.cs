namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>Bits of the x87 status and control words (SDM volume 1, 8.1.3 and 8.1.5).</summary>
internal static class FloatBits
{
    public const ushort InvalidOperation = 1 << 0;
    public const ushort Exceptions = 0x3F;
    public const ushort StackFault = 1 << 6;
    public const ushort ErrorSummary = 1 << 7;
    public const ushort C0 = 1 << 8;
    public const ushort C1 = 1 << 9;
    public const ushort C2 = 1 << 10;
    public const ushort C3 = 1 << 14;
    public const ushort ConditionCodes = C0 | C1 | C2 | C3;
    public const ushort Busy = 1 << 15;
    public const int TopShift = 11;
    public const ushort Top = 7 << TopShift;

    /// <summary>What FNINIT sets the control word to (SDM volume 1, 8.1.5).</summary>
    public const ushort InitialControl = 0x037F;

    /// <summary>Every register empty.</summary>
    public const ushort EmptyTags = 0xFFFF;

    /// <summary>The bits of the control word that can be written.</summary>
    public const ushort WritableControl = 0x1F3F;

    /// <summary>The bit of the control word that always reads as one.</summary>
    public const ushort FixedControl = 0x0040;
}
