using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Builtin;

/// <summary>Jumps where nobody answers, with an interrupt descriptor table and a stack in no-man's-land too.</summary>
internal sealed class WildJump : BuiltinGuest
{
    /// <inheritdoc/>
    public override string Name => "wild-jump";

    /// <inheritdoc/>
    protected override void Write(Assembler c, GuestImageBuilder image, PcRoutines pc)
    {
        uint table = image.Data([0xff, 0x07, 0, 0, 0, 0xa0]);
        pc.Print(c, image, "About to jump to nowhere.\r\n");
        c.lidt(__[table]);
        c.mov(esp, 0xb000_0000);
        c.mov(eax, 0x9000_0000);
        c.jmp(eax);
    }
}
