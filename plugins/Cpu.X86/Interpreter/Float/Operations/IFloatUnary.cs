using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>An operation on ST(0) whose result replaces it.</summary>
internal interface IFloatUnary
{
    static abstract Float80 Do(ref X87Context context, Float80 value);
}
