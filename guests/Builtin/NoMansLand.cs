using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Builtin;

/// <summary>Reads and writes physical addresses and ports that nobody answers, finds all ones, and powers off.</summary>
internal sealed class NoMansLand : BuiltinGuest
{
    private static readonly uint[] Addresses = [0x9000_0000, 0xa123_4567, 0xbfff_fffc, 0xcfff_fff8];

    /// <inheritdoc/>
    public override string Name => "no-mans-land";

    /// <inheritdoc/>
    protected override void Write(Assembler c, GuestImageBuilder image, PcRoutines pc)
    {
        Label wrong = c.CreateLabel();
        foreach (uint address in Addresses)
        {
            c.mov(ebx, address);
            c.mov(__dword_ptr[ebx], 0x1234_5678);
            c.mov(eax, __dword_ptr[ebx]);
            c.cmp(eax, -1);
            c.jne(wrong);
        }

        c.mov(edx, 0xfe00);
        c.mov(eax, 0x1234_5678);
        c.@out(dx, eax);
        c.@in(eax, dx);
        c.cmp(eax, -1);
        c.jne(wrong);
        pc.Print(c, image, "Nobody answered, as it should be.\r\n");
        c.call(pc.PowerOff);
        c.Label(ref wrong);
        pc.Print(c, image, "Somebody answered.\r\n");
        c.call(pc.PowerOff);
    }
}
