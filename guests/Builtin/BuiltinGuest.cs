using Dominion.Guests.Benchmarks;
using Dominion.Guests.Building;
using Dominion.Guests.Rules;
using Dominion.Guests.Smp;
using Iced.Intel;

namespace Dominion.Guests.Builtin;

/// <summary>A guest that needs no download: its image is written by this program.</summary>
internal abstract class BuiltinGuest
{
    /// <summary>Every built-in guest.</summary>
    public static IReadOnlyList<BuiltinGuest> All { get; } =
        [new Hello(), new Divide(), new InfiniteLoop(), new NoMansLand(), new UndefinedOpcode(), new Sieve(), new Fibonacci(), new Checksum(), new Sort(), new WildJump(), new SegmentRules(), new TaskRules(), new InterruptRules(), new Virtual8086Rules(), new DebugRules(), new PagingRules(), new LongModeRules(), new SmpStress()];

    /// <summary>The image's file name without its extension.</summary>
    public abstract string Name { get; }

    /// <summary>Makes the image.</summary>
    /// <returns>An ELF32 executable with a Multiboot header and a PVH note.</returns>
    public byte[] Build()
    {
        GuestImageBuilder image = new();
        PcRoutines pc = new(image);
        image.Entry = image.Code(32, c =>
        {
            pc.Start(c);
            Write(c, image, pc);
        });
        return image.Build();
    }

    /// <summary>Writes the program: 32-bit protected mode, flat segments, no paging, no IDT, a stack; EAX and EBX as the loader gave them. It may add code and data of its own to the image.</summary>
    protected abstract void Write(Assembler c, GuestImageBuilder image, PcRoutines pc);
}
