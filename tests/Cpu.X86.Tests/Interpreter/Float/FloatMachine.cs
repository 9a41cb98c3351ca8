using Dominion.Buses;
using Dominion.Cpu.X86.Models;
using Dominion.Diagnostics;
using Dominion.Time;
using Iced.Intel;
using Moq;

namespace Dominion.Cpu.X86.Tests.Interpreter.Float;

/// <summary>A core with a little memory. Runs code until its first exception, which stops it: UD2 ends every program.</summary>
internal sealed unsafe class FloatMachine : IX86InterceptHandler, IDisposable
{
    public const ulong Code = 0x10000;
    public const ulong Data = 0x20000;
    public const ulong Stack = 0x31000;
    private const ulong Tables = 0x1000;
    private const ulong TableFlags = 7;
    private const ulong LargePage = 0x80;
    private readonly FloatMemory _memory = new(64);
    private X86Event? _event;

    /// <param name="bits">The code size: 64 and 32 in protected mode, 16 in real-address mode.</param>
    /// <param name="changes">Features beside those of the model x86-64-v2, or another model's name first.</param>
    public FloatMachine(int bits = 64, params string[] changes)
    {
        var clock = new Mock<IClock>();
        string model = changes.Length > 0 && CpuModelCatalog.Names.Contains(changes[0]) ? changes[0] : "x86-64-v2";
        Core = new X86Core(
            new CpuCoreContext
            {
                Index = 0,
                VcpuCount = 1,
                Model = model,
                Seed = 1,
                Features = [],
                Engine = "interpreter",
                MachineMemory = _memory,
                Memory = _memory,
                Ports = Mock.Of<IPortSpace>(),
                Clock = clock.Object,
                Log = Mock.Of<ILog>(),
            },
            CpuModelCatalog.Find(model).With(changes))
        {
            InterceptHandler = this,
        };
        Bits = bits;
        ref X86State state = ref Core.State;
        state.Cr0 = bits == 16 ? 0x20UL : 0x21UL;
        state.Cr4 = 0x620 | (1UL << 18);
        state.Xcr0 = 3;
        X86SegmentAttributes size = bits == 64 ? X86SegmentAttributes.Long : bits == 32 ? X86SegmentAttributes.Default32 : 0;
        const X86SegmentAttributes Present = X86SegmentAttributes.Present | X86SegmentAttributes.NonSystem | X86SegmentAttributes.WritableOrReadable | X86SegmentAttributes.Accessed;
        for (int i = 0; i <= (int)X86SegmentRegister.Gs; i++)
        {
            ulong start = bits == 16 ? Data : 0UL;
            state.Segments[i] = new X86Segment
            {
                Base = start,
                Limit = bits == 16 ? 0xFFFFu : uint.MaxValue,
                Selector = bits == 16 ? (ushort)(start >> 4) : (ushort)0x10,
                Attributes = Present | X86SegmentAttributes.Granularity | X86SegmentAttributes.Default32,
            };
        }

        ref X86Segment cs = ref state.Segments[(int)X86SegmentRegister.Cs];
        cs.Attributes = Present | X86SegmentAttributes.Code | X86SegmentAttributes.Granularity | size;
        cs.Base = bits == 16 ? Code : 0;
        cs.Selector = bits == 16 ? (ushort)(Code >> 4) : (ushort)8;
        if (bits == 64)
        {
            ulong* tables = (ulong*)(_memory.Base + Tables);
            tables[0] = (Tables + 0x1000) | TableFlags;
            tables[512] = (Tables + 0x2000) | TableFlags;
            tables[1024] = TableFlags | LargePage;
            state.Cr3 = Tables;
            state.Cr0 |= 1UL << 31;
            state.Efer = 0x500;
        }

        Core.Controls.Intercepts.Set(X86Intercept.Exception);
        Core.Controls.ExceptionBitmap = uint.MaxValue;
        Core.StateChanged();
    }

    public X86Core Core { get; }

    public int Bits { get; }

    public ref X86State State => ref Core.State;

    /// <summary>Where <see cref="Data"/> is in the host.</summary>
    public byte* Memory => _memory.Base + Data;

    /// <summary>Where the program starts, as RIP.</summary>
    public ulong Start => Bits == 16 ? 0 : Code;

    /// <summary>The exception that ended the last run.</summary>
    public X86Event Event => _event ?? throw new InvalidOperationException("nothing has run");

    /// <summary>The paging structures: one table of each level, then the large pages of 2 MiB.</summary>
    public ulong* Paging => (ulong*)(_memory.Base + Tables);

    /// <summary>Lets programs run at privilege level 3 or 0, in the segments as they are.</summary>
    public void SetPrivilege(int level)
    {
        foreach (X86SegmentRegister register in (X86SegmentRegister[])[X86SegmentRegister.Cs, X86SegmentRegister.Ss])
        {
            ref X86Segment segment = ref State.Segments[(int)register];
            segment.Attributes = (segment.Attributes & ~X86SegmentAttributes.DplMask) | (X86SegmentAttributes)(level << 5);
        }
    }

    public IX86SecondLevel? SecondLevel => null;

    /// <summary>Runs code to its first exception, with RDI at <see cref="Memory"/>.</summary>
    /// <returns>The exception: #UD for UD2.</returns>
    public X86Exception Run(Action<Assembler> emit) => Run(Assemble(emit));

    /// <summary>Runs code that must end in a wait for an interrupt.</summary>
    public void RunUntilHalted(Action<Assembler> emit) => Assert.Equal(X86ExitReason.Halted, Execute(Assemble(emit)).Reason);

    private byte[] Assemble(Action<Assembler> emit)
    {
        var assembler = new Assembler(Bits);
        emit(assembler);
        assembler.ud2();
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), Start);
        return stream.ToArray();
    }

    /// <inheritdoc cref="Run(Action{Assembler})"/>
    public X86Exception Run(ReadOnlySpan<byte> code)
    {
        X86Exit exit = Execute(code);
        Assert.True(_event.HasValue, $"no exception ended the run, but {exit.Reason}");
        return (X86Exception)_event.Value.Vector;
    }

    private X86Exit Execute(ReadOnlySpan<byte> code)
    {
        Assert.True(_memory.TryWrite(Code, code));
        ref X86State state = ref Core.State;
        state.Rip = Start;
        state.Gpr[(int)X86Register.Rdi] = Bits == 16 ? 0 : Data;
        state.Gpr[(int)X86Register.Rcx] = 0;
        state.Gpr[(int)X86Register.Rsp] = Bits == 16 ? 0xF000 : Stack;
        Core.StateChanged();
        _event = null;
        return Core.Run(new X86RunLimits(1_000_000));
    }

    public X86Verdict OnIntercept(ref X86InterceptInfo info)
    {
        _event = info.Event;
        return X86Verdict.Exited;
    }

    public void Dispose()
    {
        Core.Dispose();
        _memory.Dispose();
    }
}
