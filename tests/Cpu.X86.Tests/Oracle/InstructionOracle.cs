using System.Text;
using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>Runs cases on the host and on the core and says where they differ.</summary>
internal sealed unsafe class InstructionOracle : IDisposable
{
    private const ulong ComparedFlags = 0xCD5;
    private readonly HostProcessor host = new();
    private readonly CoreProcessor core;

    public InstructionOracle()
    {
        core = new CoreProcessor(host.Linear);
    }

    /// <summary>The linear address of data and code.</summary>
    public ulong Linear => host.Linear;

    /// <summary>Runs a case.</summary>
    /// <returns>Null when both agree, else how they differ. A divide error of the core is not run on the host, where it would be a signal.</returns>
    public string? Compare(TestCase test)
    {
        ProcessorState actual = test.State;
        test.Data.CopyTo(core.Data);
        string? problem = core.Run(test.Bytes, ref actual);
        if (problem != null)
            return core.Fault?.Vector == (byte)X86Exception.DivideError && test.Instruction.Mnemonic is Mnemonic.Div or Mnemonic.Idiv ? null : Describe(test, $" {problem};");

        ProcessorState expected = test.State;
        test.Data.CopyTo(host.Data);
        host.Run(test.Bytes, ref expected);
        string differences = Differences(test, ref expected, ref actual);
        return differences.Length == 0 ? null : Describe(test, differences);
    }

    public void Dispose()
    {
        core.Dispose();
        host.Dispose();
    }

    private string Differences(TestCase test, ref ProcessorState expected, ref ProcessorState actual)
    {
        var text = new StringBuilder();
        ProcessorState before = test.State;
        for (int i = 0; i < 16; i++)
            Note(text, ((X86Register)i).ToString(), before.Gpr[i], expected.Gpr[i], actual.Gpr[i]);
        for (int i = 0; i < 32; i++)
            Note(text, $"Xmm{i / 2}[{i & 1}]", before.Xmm[i], expected.Xmm[i], actual.Xmm[i]);
        for (int i = 0; i < 32; i++)
            Note(text, $"Upper{i / 2}[{i & 1}]", before.Upper[i], expected.Upper[i], actual.Upper[i]);
        for (int i = 0; i < 8; i++)
            Note(text, $"Mm{i}", before.Mmx[i], expected.Mmx[i], actual.Mmx[i]);
        Note(text, "Mxcsr", test.State.Mxcsr, expected.Mxcsr, actual.Mxcsr);
        ulong flags = ComparedFlags & ~UndefinedFlags.Of(test);
        Note(text, "Rflags", test.State.Rflags & flags, expected.Rflags & flags, actual.Rflags & flags);
        for (int i = 0; i < ArenaLayout.DataSize; i++)
        {
            if (host.Data[i] != core.Data[i])
                Note(text, $"[{i:x}]", test.Data[i], host.Data[i], core.Data[i]);
        }

        return text.ToString();
    }

    private static void Note(StringBuilder text, string name, ulong before, ulong expected, ulong actual)
    {
        if (expected != actual && text.Length < 600)
            text.Append($" {name}: {before:x} -> host {expected:x}, core {actual:x};");
    }

    private static string Describe(TestCase test, string what)
    {
        var text = new StringBuilder($"{test.Instruction.Code} `{test.Instruction}` [{Convert.ToHexString(test.Bytes)}]{what}");
        for (int i = 0; i < test.Instruction.OpCount; i++)
        {
            if (test.Instruction.GetOpKind(i) != OpKind.Register)
                continue;
            Register register = test.Instruction.GetOpRegister(i);
            ProcessorState state = test.State;
            if (register.IsXMM())
                text.Append($" {register}={state.Xmm[(2 * register.GetNumber()) + 1]:x16}_{state.Xmm[2 * register.GetNumber()]:x16}");
            else if (register.IsYMM())
                text.Append($" {register}={state.Upper[(2 * register.GetNumber()) + 1]:x16}_{state.Upper[2 * register.GetNumber()]:x16}_{state.Xmm[(2 * register.GetNumber()) + 1]:x16}_{state.Xmm[2 * register.GetNumber()]:x16}");
            else if (register.IsMM())
                text.Append($" {register}={state.Mmx[register.GetNumber()]:x16}");
            else
                text.Append($" {register.GetFullRegister()}={state.Gpr[register.GetFullRegister().GetNumber()]:x16}");
        }

        return text.Append($" mxcsr={test.State.Mxcsr:x} flags={test.State.Rflags:x} rax={Gpr(test, 0):x} rcx={Gpr(test, 1):x} rdx={Gpr(test, 2):x}").ToString();
    }

    private static ulong Gpr(TestCase test, int register)
    {
        ProcessorState state = test.State;
        return state.Gpr[register];
    }
}
