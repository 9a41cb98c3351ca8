using Dominion.Guests.Building;
using Iced.Intel;

namespace Dominion.Guests.Builtin;

/// <summary>Never ends and never waits: what a timeout is for.</summary>
internal sealed class InfiniteLoop : BuiltinGuest
{
    /// <inheritdoc/>
    public override string Name => "infinite-loop";

    /// <inheritdoc/>
    protected override void Write(Assembler c, GuestImageBuilder image, PcRoutines pc)
    {
        Label forever = c.CreateLabel();
        pc.Print(c, image, "Looping.\r\n");
        c.cli();
        c.Label(ref forever);
        c.jmp(forever);
    }
}
