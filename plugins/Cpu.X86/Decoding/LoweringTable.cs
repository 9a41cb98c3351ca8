using Iced.Intel;

namespace Dominion.Cpu.X86.Decoding;

/// <summary>Which groups lower which mnemonic. MOVSD and CMPSD name a string instruction and an SSE2 instruction each, so a mnemonic may have two groups; each declines what is not its own.</summary>
internal sealed unsafe class LoweringTable
{
    private readonly delegate*<in Instruction, ref Lowering, bool>[] _first =
        new delegate*<in Instruction, ref Lowering, bool>[Enum.GetValues<Mnemonic>().Length];

    private readonly delegate*<in Instruction, ref Lowering, bool>[] _second =
        new delegate*<in Instruction, ref Lowering, bool>[Enum.GetValues<Mnemonic>().Length];

    /// <summary>Gives mnemonics to a group.</summary>
    /// <param name="lower">Fills in the op; false for a form that the group does not know.</param>
    /// <param name="mnemonics">The mnemonics.</param>
    public void Add(delegate*<in Instruction, ref Lowering, bool> lower, params ReadOnlySpan<Mnemonic> mnemonics)
    {
        foreach (Mnemonic mnemonic in mnemonics)
        {
            if (_first[(int)mnemonic] == null)
                _first[(int)mnemonic] = lower;
            else if (_second[(int)mnemonic] == null)
                _second[(int)mnemonic] = lower;
            else
                throw new InvalidOperationException($"three groups want {mnemonic}");
        }
    }

    /// <summary>Lowers an instruction.</summary>
    /// <returns>False when nobody knows it.</returns>
    public bool TryLower(in Instruction instruction, ref Lowering lowering)
    {
        delegate*<in Instruction, ref Lowering, bool> first = _first[(int)instruction.Mnemonic];
        if (first != null && first(instruction, ref lowering))
            return true;
        delegate*<in Instruction, ref Lowering, bool> second = _second[(int)instruction.Mnemonic];
        return second != null && second(instruction, ref lowering);
    }
}
