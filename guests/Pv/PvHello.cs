using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Pv;

/// <summary>Greets, names the VMM's version and the privilege level that it runs at, and powers off.</summary>
internal sealed class PvHello : PvGuest
{
    private const uint XenVersion = 0;
    private const uint XenExtraVersion = 1;
    private const ulong ExtraVersionLength = 16;

    /// <inheritdoc/>
    public override string Name => "pv-hello";

    /// <inheritdoc/>
    protected override void Write(Assembler c, PvImageBuilder image, PvRoutines pv)
    {
        ulong extra = image.Zeroes(ExtraVersionLength + 1);
        pv.Print(c, "hello from a paravirtual guest\r\n");

        // The major version in bits 31 to 16, the minor one in bits 15 to 0 (xen/include/public/version.h).
        pv.Print(c, "Xen version ");
        PvRoutines.XenVersion(c, XenVersion, 0);
        c.mov(ebx, eax);
        c.shr(eax, 16);
        c.call(pv.PutNumber);
        pv.Print(c, ".");
        c.movzx(eax, bx);
        c.call(pv.PutNumber);
        PvRoutines.XenVersion(c, XenExtraVersion, extra);
        c.mov(rsi, extra);
        c.call(pv.PutText);
        pv.Print(c, "\r\nCS ");
        c.mov(eax, cs);
        c.movzx(eax, ax);
        c.call(pv.PutHexadecimal);
        pv.Print(c, ", privilege level ");
        c.and(eax, 3);
        c.call(pv.PutNumber);
        pv.Print(c, "\r\n");
        c.call(pv.PowerOff);
    }
}
