using System.Runtime.Intrinsics;
using Dominion.Buses;
using Dominion.Cpu.X86.Models;
using Dominion.Diagnostics;
using Dominion.Time;
using Moq;

namespace Dominion.Cpu.X86.Tests.Running;

/// <summary>Runs one instruction on our core, in 64-bit mode at privilege level 3, at the linear addresses that the host uses.</summary>
internal sealed unsafe class CoreProcessor : IDisposable
{
    private const ulong PagePresentWritableUserAccessedDirty = 0x67;
    private const ulong LargePage = 0x80;
    private const ulong TopTable = 0x1000;
    private const ulong PointerTable = 0x2000;
    private const ulong Directory = 0x3000;
    private const ulong Physical = ArenaLayout.Size;
    private const int MostRuns = 100;
    private readonly FlatMemory memory = new(2 * ArenaLayout.Size);
    private readonly X86Core core;
    private readonly ulong linear;
    private readonly FaultCatcher catcher = new();
    private X86State initial;

    /// <param name="linear">Where the arena is, a multiple of its size below 2 GiB.</param>
    public CoreProcessor(ulong linear)
    {
        this.linear = linear;
        *(ulong*)(memory.Base + TopTable) = PointerTable | PagePresentWritableUserAccessedDirty;
        *(ulong*)(memory.Base + PointerTable + (8 * (linear >> 30))) = Directory | PagePresentWritableUserAccessedDirty;
        *(ulong*)(memory.Base + Directory + (8 * ((linear >> 21) & 511))) = Physical | PagePresentWritableUserAccessedDirty | LargePage;

        core = (X86Core)new X86CoreFactory().Create(new CpuCoreContext
        {
            Index = 0,
            VcpuCount = 1,
            Model = "x86-64-v2",
            Features = [.. CpuFeatures.Names],
            Engine = "interpreter",
            MachineMemory = memory,
            Memory = memory,
            Ports = Mock.Of<IPortSpace>(),
            Clock = Mock.Of<IClock>(),
            Log = Mock.Of<ILog>(),
        });
        core.InterceptHandler = catcher;
        core.Controls.ExceptionBitmap = uint.MaxValue;
        initial = Prepare(core.State);
    }

    /// <summary>What every run starts from, beside what its caller gives.</summary>
    public ref X86State Initial => ref initial;

    /// <summary>What the last run left behind.</summary>
    public ref X86State State => ref core.State;

    /// <summary>The exception that ended the last run.</summary>
    public X86Event? Fault => catcher.Caught;

    public Span<byte> Data => new(memory.Base + Physical, ArenaLayout.DataSize);

    /// <summary>The last bytes of the arena; behind them is nothing.</summary>
    public Span<byte> End => new(memory.Base + Physical + ArenaLayout.Size - ArenaLayout.DataSize, ArenaLayout.DataSize);

    /// <summary>Runs an instruction.</summary>
    /// <returns>Null, or why there is no result.</returns>
    public string? Run(ReadOnlySpan<byte> instruction, ref ProcessorState state)
    {
        // A jump to itself ends the block behind the instruction.
        if (!memory.TryWrite(Physical + ArenaLayout.Instruction, [.. instruction, 0xEB, 0xFE]))
            throw new InvalidOperationException("the instruction is not in memory");
        ref X86State x86 = ref core.State;
        x86 = initial;
        x86.Rip = linear + ArenaLayout.Instruction;
        x86.Rflags = state.Rflags;
        x86.Mxcsr = state.Mxcsr;
        for (int i = 0; i < 16; i++)
        {
            x86.Gpr[i] = state.Gpr[i];
            x86.Vectors[i] = Vector256.Create(state.Xmm[2 * i], state.Xmm[(2 * i) + 1], state.Upper[2 * i], state.Upper[(2 * i) + 1]).AsByte();
        }

        for (int i = 0; i < 8; i++)
            x86.Float[i] = new UInt128(0xFFFF, state.Mmx[i]);
        core.StateChanged();
        catcher.Caught = null;
        X86Exit exit = core.Run(new X86RunLimits(1));
        if (catcher.Caught is { } fault)
            return $"raised {(X86Exception)fault.Vector}({fault.ErrorCode:x})";
        if (exit.Reason != X86ExitReason.Budget)
            return $"ended with {exit.Reason}";

        // A repeated string instruction is one instruction to the host, whatever it is to the core.
        for (int i = 0; i < MostRuns && x86.Rip == linear + ArenaLayout.Instruction; i++)
            core.Run(new X86RunLimits(1));
        if (x86.Rip != linear + ArenaLayout.Instruction + (ulong)instruction.Length)
            return $"left RIP {(long)(x86.Rip - linear) - ArenaLayout.Instruction} bytes behind its start";

        state.Rflags = x86.Rflags;
        state.Mxcsr = x86.Mxcsr;
        for (int i = 0; i < 16; i++)
        {
            state.Gpr[i] = x86.Gpr[i];
            state.Xmm[2 * i] = x86.Vectors[i].AsUInt64()[0];
            state.Xmm[(2 * i) + 1] = x86.Vectors[i].AsUInt64()[1];
            state.Upper[2 * i] = x86.Vectors[i].AsUInt64()[2];
            state.Upper[(2 * i) + 1] = x86.Vectors[i].AsUInt64()[3];
        }

        for (int i = 0; i < 8; i++)
            state.Mmx[i] = (ulong)x86.Float[i];
        return null;
    }

    public void Dispose()
    {
        core.Dispose();
        memory.Dispose();
    }

    private static X86State Prepare(X86State state)
    {
        state.Cr0 = 0x8000_0033;
        state.Cr3 = TopTable;
        state.Cr4 = 0x4_06A0;
        state.Xcr0 = 7;
        state.Efer = 0xD01;
        state.Segments[(int)X86SegmentRegister.Cs] = Segment(0x33, 0xA0FB);
        foreach (X86SegmentRegister register in (X86SegmentRegister[])[X86SegmentRegister.Ss, X86SegmentRegister.Ds, X86SegmentRegister.Es])
            state.Segments[(int)register] = Segment(0x2B, 0xC0F3);
        state.Segments[(int)X86SegmentRegister.Fs] = Segment(0, 0xC0F3);
        state.Segments[(int)X86SegmentRegister.Gs] = Segment(0, 0xC0F3);
        state.Gdtr = default;
        state.Idtr = default;
        state.FloatControl = 0x37F;
        state.FloatStatus = 0;
        state.FloatTag = 0;
        state.Activity = X86Activity.Active;
        return state;
    }

    private static X86Segment Segment(ushort selector, int attributes) =>
        new() { Selector = selector, Base = 0, Limit = uint.MaxValue, Attributes = (X86SegmentAttributes)attributes };
}
