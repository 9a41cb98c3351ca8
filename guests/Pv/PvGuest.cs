using Iced.Intel;

namespace Dominion.Guests.Pv;

/// <summary>A paravirtual guest that needs no download: its image is written by this program.</summary>
internal abstract class PvGuest
{
    /// <summary>Every paravirtual guest.</summary>
    public static IReadOnlyList<PvGuest> All { get; } = [new PvHello()];

    /// <summary>The image's file name without its extension.</summary>
    public abstract string Name { get; }

    /// <summary>Makes the image.</summary>
    /// <returns>An ELF64 executable with Xen's notes.</returns>
    public byte[] Build()
    {
        PvImageBuilder image = new();
        PvRoutines pv = new(image);
        image.Entry = image.Code(c =>
        {
            pv.Start(c);
            Write(c, image, pv);
        });
        return image.Build();
    }

    /// <summary>Writes the program: 64-bit code on the VMM's initial page tables and stack, no trap table, event delivery masked; RSI is start_info's address. It may add code and data of its own to the image.</summary>
    protected abstract void Write(Assembler c, PvImageBuilder image, PvRoutines pv);
}
