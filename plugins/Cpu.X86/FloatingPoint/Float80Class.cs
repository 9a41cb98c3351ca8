namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>FXAM's classes, as the three bits C3:C2:C0 (SDM 2 FXAM). C1 is the sign.</summary>
internal enum Float80Class : byte
{
    Unsupported = 0b000,
    NaN = 0b001,
    Normal = 0b010,
    Infinity = 0b011,
    Zero = 0b100,
    Empty = 0b101,
    Denormal = 0b110,
}
