using Iced.Intel;

namespace Dominion.Oracle.X86.Generation;

/// <summary>What Iced's tables do not say at once.</summary>
internal static class OpCodeInfoExtensions
{
    /// <summary>Whether an instruction uses the stack.</summary>
    public static bool UsesStack(this OpCodeInfo info) => info.Mnemonic is
        Mnemonic.Push or Mnemonic.Pop or Mnemonic.Pusha or Mnemonic.Pushad or Mnemonic.Popa or Mnemonic.Popad or Mnemonic.Pushf or Mnemonic.Pushfd or Mnemonic.Pushfq
        or Mnemonic.Popf or Mnemonic.Popfd or Mnemonic.Popfq or Mnemonic.Call or Mnemonic.Ret or Mnemonic.Retf or Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq or Mnemonic.Enter;
}
