using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>A condition of Jcc, SETcc and CMOVcc (SDM volume 1, appendix B). A type argument of handlers.</summary>
internal unsafe interface ICondition
{
    /// <summary>Whether the condition holds.</summary>
    static abstract bool Test(CoreState* s);
}
