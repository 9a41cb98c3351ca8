using Dominion.Guests.Building;
using Iced.Intel;

namespace Dominion.Guests.Builtin;

/// <summary>Executes UD2 without an interrupt descriptor table: a triple fault.</summary>
internal sealed class UndefinedOpcode : BuiltinGuest
{
    /// <inheritdoc/>
    public override string Name => "undefined-opcode";

    /// <inheritdoc/>
    protected override void Write(Assembler c, GuestImageBuilder image, PcRoutines pc)
    {
        uint emptyTable = image.Data(new byte[6]);
        pc.Print(c, image, "About to execute UD2.\r\n");
        c.lidt(AssemblerRegisters.__[emptyTable]);
        c.ud2();
    }
}
