using System.Text;
using Dominion.Cpu.X86;
using Dominion.Oracle.X86.Forms;
using Iced.Intel;

namespace Dominion.Oracle.X86.Reporting;

/// <summary>A case in which a core does not do what the host does.</summary>
internal sealed unsafe class Mismatch
{
    private readonly string text;

    /// <param name="form">The form.</param>
    /// <param name="test">The case.</param>
    /// <param name="number">Its number.</param>
    /// <param name="software">Whether in software arithmetic.</param>
    /// <param name="differences">What differs.</param>
    public Mismatch(InstructionForm form, TestCase test, int number, bool software, string differences)
    {
        Form = form;
        text = $"case {number}, {(int)test.Mode}-bit code{(software ? ", software arithmetic" : "")}: {form.Code} {Convert.ToHexString(test.Bytes)} `{Disassemble(test)}`:{differences}{Describe(test)}";
    }

    /// <summary>The form.</summary>
    public InstructionForm Form { get; }

    public override string ToString() => text;

    private static string Disassemble(TestCase test)
    {
        var decoder = Iced.Intel.Decoder.Create((int)test.Mode, test.Bytes, test.State.Rip);
        return decoder.Decode().ToString();
    }

    /// <summary>The registers that the instruction starts from.</summary>
    private static string Describe(TestCase test)
    {
        var from = new StringBuilder(" from");
        for (int i = 0; i < (test.Mode == CodeMode.Bits64 ? 16 : 8); i++)
            from.Append($" {(X86Register)i}={test.State.Gpr[i]:x}");
        from.Append($" rip={test.State.Rip:x} flags={test.State.Rflags:x} mxcsr={test.State.Mxcsr:x} fcw={test.State.FloatControl:x} fsw={test.State.FloatStatus:x} ftw={test.State.FloatTags:x}");
        for (int i = 0; i < test.Instruction.OpCount; i++)
        {
            if (test.Instruction.GetOpKind(i) != OpKind.Register)
                continue;
            Register register = test.Instruction.GetOpRegister(i);
            int n = register.GetNumber();
            if (register.IsXMM() || register.IsYMM())
                from.Append($" {register}={test.State.Upper[(2 * n) + 1]:x16}_{test.State.Upper[2 * n]:x16}_{test.State.Xmm[(2 * n) + 1]:x16}_{test.State.Xmm[2 * n]:x16}");
            else if (register.IsMM() || register.IsST())
                from.Append($" ST{n}={test.State.Float[(2 * n) + 1]:x4}_{test.State.Float[2 * n]:x16}");
        }

        return from.ToString();
    }
}
