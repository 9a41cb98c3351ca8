using Dominion.Guests.Building;
using Dominion.Guests.Builtin;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Benchmarks;

/// <summary>A guest that does one kind of work in 64-bit mode a fixed number of times and powers off.</summary>
internal abstract class BenchmarkGuest : BuiltinGuest
{
    private const ushort PowerControl = 0x604;
    private const ushort PowerOffValue = 0x3400;

    /// <summary>How many rounds there are.</summary>
    protected abstract int Rounds { get; }

    /// <inheritdoc/>
    protected sealed override void Write(Assembler c, GuestImageBuilder image, PcRoutines pc)
    {
        LongMode mode = new(image);
        uint program = image.Code(64, w =>
        {
            Label round = w.CreateLabel();
            w.mov(rsp, pc.StackTop);
            w.mov(r15d, Rounds);
            w.Label(ref round);
            WriteRound(w, image);
            w.dec(r15);
            w.jne(round);
            w.mov(edx, PowerControl);
            w.mov(eax, PowerOffValue);
            w.@out(dx, ax);
            w.hlt();
        });
        mode.Enter(c, program);
    }

    /// <summary>Writes one round: 64-bit code that leaves R15 alone.</summary>
    protected abstract void WriteRound(Assembler c, GuestImageBuilder image);
}
