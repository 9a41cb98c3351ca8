using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Float.Operations;

/// <summary>An operation on two values whose result replaces the first.</summary>
internal interface IFloatBinary
{
    static abstract Float80 Do(ref X87Context context, Float80 destination, Float80 source);
}
