using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Builtin;

/// <summary>Divides by zero with a handler in place, reports where the fault was, and powers off.</summary>
internal sealed class Divide : BuiltinGuest
{
    /// <inheritdoc/>
    public override string Name => "divide";

    /// <inheritdoc/>
    protected override void Write(Assembler c, GuestImageBuilder image, PcRoutines pc)
    {
        uint division = image.Code(32, d =>
        {
            d.div(ecx);
            pc.Print(d, image, "No fault.\r\n");
            d.call(pc.PowerOff);
        });
        uint handler = image.Code(32, h =>
        {
            Label wrong = h.CreateLabel();
            h.cmp(__dword_ptr[esp], division);
            h.jne(wrong);
            pc.Print(h, image, "#DE at the division.\r\n");
            h.call(pc.PowerOff);
            h.Label(ref wrong);
            pc.Print(h, image, "#DE somewhere else.\r\n");
            h.call(pc.PowerOff);
        });

        // One 32-bit interrupt gate (SDM volume 3A, figure 6-2) to the loader's code selector, which is written before use.
        uint gate = image.Data([(byte)handler, (byte)(handler >> 8), 0, 0, 0, 0x8e, (byte)(handler >> 16), (byte)(handler >> 24)]);
        uint table = image.Data([7, 0, (byte)gate, (byte)(gate >> 8), (byte)(gate >> 16), (byte)(gate >> 24)]);
        c.mov(ax, cs);
        c.mov(__word_ptr[gate + 2], ax);
        c.lidt(__[table]);
        c.xor(edx, edx);
        c.mov(eax, 1);
        c.xor(ecx, ecx);
        c.mov(ebx, division);
        c.jmp(ebx);
    }
}
