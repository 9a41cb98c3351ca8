using Dominion.Guests.Building;
using Dominion.Guests.Builtin;
using Iced.Intel;

namespace Dominion.Guests.Rules;

/// <summary>A 32-bit kernel that checks what the manual says of one part of the system architecture, a line on the console for each case.</summary>
internal abstract class RuleGuest : BuiltinGuest
{
    /// <inheritdoc/>
    protected sealed override void Write(Assembler c, GuestImageBuilder image, PcRoutines pc)
    {
        RuleKernel kernel = new(image, pc);
        WriteCases(kernel);
        kernel.WriteProgram(c);
    }

    /// <summary>Adds the cases.</summary>
    protected abstract void WriteCases(RuleKernel k);
}
