using Dominion.Cpu.X86;
using Iced.Intel;

namespace Dominion.Oracle.X86.Comparison;

/// <summary>The status flags that instructions leave undefined, each by the page of the manual that says so.</summary>
internal static unsafe class UndefinedFlags
{
    private const ulong Carry = 1;
    private const ulong Parity = 4;
    private const ulong Adjust = 0x10;
    private const ulong Zero = 0x40;
    private const ulong Sign = 0x80;
    private const ulong Overflow = 0x800;

    /// <summary>Undefined whatever the operands are.</summary>
    private static readonly (Mnemonic[] Mnemonics, ulong Flags, string Source)[] Always =
    [
        ([Mnemonic.Aaa, Mnemonic.Aas], Overflow | Sign | Zero | Parity, "SDM volume 2 AAA, AAS"),
        ([Mnemonic.Aad, Mnemonic.Aam], Overflow | Adjust | Carry, "SDM volume 2 AAD, AAM"),
        ([Mnemonic.Daa, Mnemonic.Das], Overflow, "SDM volume 2 DAA, DAS"),
        ([Mnemonic.And, Mnemonic.Or, Mnemonic.Xor, Mnemonic.Test], Adjust, "SDM volume 2 AND, OR, XOR, TEST"),
        ([Mnemonic.Mul, Mnemonic.Imul], Sign | Zero | Adjust | Parity, "SDM volume 2 MUL, IMUL"),
        ([Mnemonic.Div, Mnemonic.Idiv], Carry | Overflow | Sign | Zero | Adjust | Parity, "SDM volume 2 DIV, IDIV"),
        ([Mnemonic.Bsf, Mnemonic.Bsr], Carry | Overflow | Sign | Adjust | Parity, "SDM volume 2 BSF, BSR"),
        ([Mnemonic.Bt, Mnemonic.Bts, Mnemonic.Btr, Mnemonic.Btc], Overflow | Sign | Adjust | Parity, "SDM volume 2 BT, BTS, BTR, BTC"),
        ([Mnemonic.Lzcnt, Mnemonic.Tzcnt], Overflow | Sign | Adjust | Parity, "SDM volume 2 LZCNT, TZCNT"),
        ([Mnemonic.Andn], Adjust | Parity, "SDM volume 2 ANDN"),
        ([Mnemonic.Bextr], Sign | Adjust | Parity, "SDM volume 2 BEXTR"),
        ([Mnemonic.Blsi, Mnemonic.Blsmsk, Mnemonic.Blsr, Mnemonic.Bzhi], Adjust | Parity, "SDM volume 2 BLSI, BLSMSK, BLSR, BZHI"),
    ];

    private static readonly Dictionary<Mnemonic, ulong> ByMnemonic =
        Always.SelectMany(entry => entry.Mnemonics.Select(mnemonic => (mnemonic, entry.Flags))).ToDictionary(entry => entry.mnemonic, entry => entry.Flags);

    /// <summary>The entries, for a table.</summary>
    public static IEnumerable<(string Mnemonics, ulong Flags, string Source)> Entries =>
        Always.Select(entry => (string.Join(' ', entry.Mnemonics), entry.Flags, entry.Source));

    /// <summary>The bits in RFLAGS that the manual leaves open after a case that was not refused.</summary>
    public static ulong Of(TestCase test) => ByMnemonic.GetValueOrDefault(test.Instruction.Mnemonic) | OfCount(test);

    /// <summary>Shifts: AF for every count but 0, OF for counts other than 1, CF for counts past the width; rotates: OF for counts other than 1 (SDM volume 2 SAL/SAR/SHL/SHR, SHLD, SHRD, RCL/RCR/ROL/ROR).</summary>
    private static ulong OfCount(TestCase test)
    {
        Mnemonic mnemonic = test.Instruction.Mnemonic;
        bool rotates = mnemonic is Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl or Mnemonic.Rcr;
        if (!rotates && mnemonic is not (Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr or Mnemonic.Sar or Mnemonic.Shld or Mnemonic.Shrd))
            return 0;
        int last = test.Instruction.OpCount - 1;
        ulong count = test.Instruction.GetOpKind(last) == OpKind.Immediate8 ? test.Instruction.Immediate8 : test.State.Gpr[(int)X86Register.Rcx];
        int size = test.Instruction.GetOpKind(0) == OpKind.Register ? test.Instruction.Op0Register.GetSize() : test.Instruction.MemorySize.GetSize();

        // A prefix may have made it another size: the smallest and the largest bound what is open.
        count &= size == 8 ? 63UL : 31UL;
        if (test.IsMutated)
            return Overflow | (rotates ? 0 : Adjust | Carry);
        if (count == 0)
            return 0;
        ulong undefined = count == 1 ? 0 : Overflow;
        if (rotates)
            return undefined;
        return undefined | Adjust | (count >= (ulong)(8 * size) ? Carry : 0);
    }
}
