using Iced.Intel;

namespace Dominion.Cpu.X86.Decoding;

/// <summary>Which group lowers which mnemonic.</summary>
internal sealed unsafe class LoweringTable
{
    private readonly delegate*<in Instruction, ref Lowering, bool>[] _groups =
        new delegate*<in Instruction, ref Lowering, bool>[Enum.GetValues<Mnemonic>().Length];

    /// <summary>Gives a mnemonic to a group.</summary>
    /// <param name="lower">Fills in the op; false for a form that the group does not know, which is then #UD.</param>
    /// <param name="mnemonics">The mnemonics.</param>
    public void Add(delegate*<in Instruction, ref Lowering, bool> lower, params ReadOnlySpan<Mnemonic> mnemonics)
    {
        foreach (Mnemonic mnemonic in mnemonics)
            _groups[(int)mnemonic] = lower;
    }

    /// <summary>Lowers an instruction.</summary>
    /// <returns>False when nobody knows it.</returns>
    public bool TryLower(in Instruction instruction, ref Lowering lowering)
    {
        delegate*<in Instruction, ref Lowering, bool> lower = _groups[(int)instruction.Mnemonic];
        return lower != null && lower(instruction, ref lowering);
    }
}
