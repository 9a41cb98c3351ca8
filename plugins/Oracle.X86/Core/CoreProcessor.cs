using System.Runtime.Intrinsics;
using Dominion.Cpu;
using Dominion.Cpu.X86;
using Dominion.Diagnostics;
using Dominion.Oracle.X86.Host;

namespace Dominion.Oracle.X86.Core;

/// <summary>Runs one instruction on a core, in a process of 64-bit Linux as the core sees it: long mode, privilege level 3, the pages and descriptors that the host has.</summary>
internal sealed unsafe class CoreProcessor : IProcessor
{
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong User = 4;
    private const ulong AccessedDirty = 0x60;
    private const ulong LargePage = 0x80;
    private const ulong TopTable = 0x1000;
    private const ulong PointerTable = 0x2000;
    private const ulong Directory = 0x3000;
    private const ulong PageTable = 0x4000;
    private const ulong SystemPointerTable = 0x5000;
    private const ulong SystemDirectory = 0x6000;
    private const ulong GlobalTable = 0x8000;
    private const ulong LocalTable = 0x9000;
    private const ulong TaskSegment = 0xA000;

    /// <summary>Where the supervisor sees physical address 0.</summary>
    private const ulong System = 0xFFFF_8000_0000_0000;
    private const ulong Physical = ArenaLayout.Size;
    private const long MostInstructions = 20_000;
    private const int TaskSegmentLimit = 0x67;
    private const ulong Cr4WithXsave = 1UL << 18;
    private const ulong Cr4WithFsGsBase = 1UL << 16;
    private const ulong Cr4WithProtectionKeys = 1UL << 22;

    private static readonly byte[] CleanCode = [.. Enumerable.Repeat(ArenaLayout.Filler, ArenaLayout.CodeSize)];

    private readonly CoreMemory memory = new(2 * ArenaLayout.Size);
    private readonly IX86Core core;
    private readonly uint arena;
    private readonly bool hasLocalSegments;
    private readonly ExceptionCatcher catcher = new();
    private readonly X86State initial;

    /// <param name="factory">Makes the core.</param>
    /// <param name="model">The CPU model.</param>
    /// <param name="software">Whether floating point is the core's exact software arithmetic.</param>
    /// <param name="arena">Where the arena is, a multiple of its size below 2 GiB.</param>
    /// <param name="hasLocalSegments">Whether there is a local descriptor table.</param>
    /// <exception cref="DiagnosticException">The core is no x86 core, or refuses the model.</exception>
    public CoreProcessor(ICpuCoreFactory factory, string model, bool software, ulong arena, bool hasLocalSegments)
    {
        this.arena = (uint)arena;
        this.hasLocalSegments = hasLocalSegments;
        var surroundings = new CoreSurroundings();
        ICpuCore made = factory.Create(new CpuCoreContext
        {
            Index = 0,
            VcpuCount = 1,
            Model = model,
            Features = [],
            Engine = "auto",
            SoftwareArithmetic = software,
            MachineMemory = memory,
            Memory = memory,
            Ports = surroundings,
            Clock = surroundings,
            Log = surroundings,
            Seed = 1,
        });
        core = made as IX86Core ?? throw new DiagnosticException("DOM3401", $"a core for {made.Architecture} cannot be held to an x86 processor");
        core.InterceptHandler = catcher;
        core.Controls.Intercepts.Set(X86Intercept.Exception);
        core.Controls.ExceptionBitmap = uint.MaxValue;
        MapMemory();
        initial = Prepare(core.State);
        initial = Prepare(core.State, HasXsave());
    }

    public Span<byte> Data => new(memory.Base + Physical + ArenaLayout.Data, ArenaLayout.DataSize);

    /// <summary>Runs an instruction at a privilege level other than 3, to see whether the core knows it.</summary>
    public bool IsKnown(TestCase test, int level)
    {
        ProcessorState ignored = default;
        string? problem = Run(test, ref ignored, level);
        return problem is not null || ignored.Vector != (uint)X86Exception.InvalidOpcode;
    }

    public string? Run(TestCase test, ref ProcessorState result) => Run(test, ref result, 3);

    /// <summary>CPUID of the core.</summary>
    public (uint Eax, uint Ebx, uint Ecx, uint Edx) Cpuid(uint leaf, uint subleaf)
    {
        var test = new TestCase { Bytes = [0x0F, 0xA2], CodeOffset = ArenaLayout.Instruction, Mode = CodeMode.Bits64 };
        test.State.Gpr[(int)X86Register.Rax] = leaf;
        test.State.Gpr[(int)X86Register.Rcx] = subleaf;
        test.State.Gpr[(int)X86Register.Rsp] = arena + ArenaLayout.Stack;
        test.State.Rip = arena + ArenaLayout.Instruction;
        test.State.Rflags = 0x202;
        test.State.Mxcsr = 0x1F80;
        test.State.Selectors[1] = SegmentTable.Code64;
        test.State.Selectors[2] = SegmentTable.FlatData;
        ProcessorState result = default;
        if (Run(test, ref result) is { } problem)
            throw new DiagnosticException("DOM3402", $"the core does not run CPUID: it {problem}");
        return ((uint)result.Gpr[0], (uint)result.Gpr[3], (uint)result.Gpr[1], (uint)result.Gpr[2]);
    }

    public void Dispose()
    {
        core.Dispose();
        memory.Dispose();
    }

    private string? Run(TestCase test, ref ProcessorState result, int level)
    {
        Write(test.CodeOffset, test.Bytes);
        ref X86State x86 = ref core.State;
        x86 = initial;
        Load(ref x86, test, level);
        core.StateChanged();
        catcher.Caught = null;
        X86Exit exit = default;
        for (long spent = 0; spent < MostInstructions && catcher.Caught is null; spent += Math.Max(1, exit.Instructions))
        {
            exit = core.Run(new X86RunLimits(MostInstructions));
            if (exit.Reason is not (X86ExitReason.Budget or X86ExitReason.Intercepted))
                break;
        }

        Span<byte> filler = stackalloc byte[test.Bytes.Length];
        filler.Fill(ArenaLayout.Filler);
        Write(test.CodeOffset, filler);
        if (new ReadOnlySpan<byte>(memory.Base + Physical + ArenaLayout.Code, ArenaLayout.CodeSize).ContainsAnyExcept(ArenaLayout.Filler))
            Write(ArenaLayout.Code, CleanCode);
        if (catcher.Caught is not { } caught)
            return $"ended with {exit.Reason} after {exit.Instructions} instructions";
        Store(ref x86, ref result, caught);
        return null;
    }

    private void Load(ref X86State x86, TestCase test, int level)
    {
        ref ProcessorState state = ref test.State;
        x86.Rip = state.Rip;
        x86.Rflags = state.Rflags;
        for (int i = 0; i < 6; i++)
            x86.Segments[i] = SegmentTable.Load(state.Selectors[i], arena);
        for (X86SegmentRegister i = X86SegmentRegister.Fs; i <= X86SegmentRegister.Gs; i++)
        {
            if (state.Selectors[(int)i] == 0)
                x86.Segments[(int)i].Base = SegmentTable.ThreadBase(i, arena);
        }

        if (level != 3)
        {
            x86.Segments[(int)X86SegmentRegister.Ss].Attributes &= ~X86SegmentAttributes.DplMask;
            x86.Segments[(int)X86SegmentRegister.Cs].Attributes &= ~X86SegmentAttributes.DplMask;
            x86.Cr4 |= Cr4WithFsGsBase | Cr4WithProtectionKeys;
        }

        x86.FloatControl = state.FloatControl;
        x86.FloatStatus = state.FloatStatus;
        x86.FloatOpcode = state.FloatOpcode;
        x86.FloatInstruction = state.FloatInstruction;
        x86.FloatOperand = state.FloatOperand;
        x86.Mxcsr = state.Mxcsr;
        int top = (state.FloatStatus >> 11) & 7;
        int tags = 0;
        for (int i = 0; i < 8; i++)
        {
            x86.Float[(top + i) & 7] = new UInt128(state.Float[(2 * i) + 1] & 0xFFFF, state.Float[2 * i]);
            if ((state.FloatTags & (1 << i)) == 0)
                tags |= 3 << (2 * i);
        }

        x86.FloatTag = (ushort)tags;
        for (int i = 0; i < 16; i++)
        {
            x86.Gpr[i] = state.Gpr[i];
            x86.Vectors[i] = Vector256.Create(state.Xmm[2 * i], state.Xmm[(2 * i) + 1], state.Upper[2 * i], state.Upper[(2 * i) + 1]).AsByte();
        }
    }

    private static void Store(ref X86State x86, ref ProcessorState result, in X86Event caught)
    {
        result.Vector = caught.Vector;
        result.ErrorCode = caught.HasErrorCode ? caught.ErrorCode : 0;
        result.FaultAddress = caught.Vector == (byte)X86Exception.PageFault ? caught.FaultAddress : 0;
        bool isTrap = caught.Type is X86EventType.SoftwareException or X86EventType.PrivilegedSoftwareException or X86EventType.SoftwareInterrupt;
        result.Rip = x86.Rip + (isTrap ? caught.InstructionLength : 0u);
        result.Rflags = x86.Rflags;
        for (int i = 0; i < 6; i++)
            result.Selectors[i] = x86.Segments[i].Selector;
        result.FloatControl = x86.FloatControl;
        result.FloatStatus = x86.FloatStatus;
        result.FloatOpcode = x86.FloatOpcode;
        result.FloatInstruction = x86.FloatInstruction;
        result.FloatOperand = x86.FloatOperand;
        result.Mxcsr = x86.Mxcsr;
        int top = (x86.FloatStatus >> 11) & 7;
        int tags = 0;
        for (int i = 0; i < 8; i++)
        {
            UInt128 value = x86.Float[(top + i) & 7];
            result.Float[2 * i] = (ulong)value;
            result.Float[(2 * i) + 1] = (ulong)(value >> 64) & 0xFFFF;
            if (((x86.FloatTag >> (2 * i)) & 3) != 3)
                tags |= 1 << i;
        }

        result.FloatTags = (byte)tags;
        for (int i = 0; i < 16; i++)
        {
            result.Gpr[i] = x86.Gpr[i];
            Vector256<ulong> vector = x86.Vectors[i].AsUInt64();
            result.Xmm[2 * i] = vector[0];
            result.Xmm[(2 * i) + 1] = vector[1];
            result.Upper[2 * i] = vector[2];
            result.Upper[(2 * i) + 1] = vector[3];
        }
    }

    private void MapMemory()
    {
        const ulong Table = Present | Writable | User | AccessedDirty;
        Put(TopTable, 0, PointerTable | Table);
        Put(PointerTable, arena >> 30, Directory | Table);
        Put(Directory, (arena >> 21) & 511, PageTable | Table);
        for (int offset = 0; offset < ArenaLayout.Size; offset += ArenaLayout.PageSize)
        {
            bool isData = offset is >= ArenaLayout.Data and < ArenaLayout.DataEnd or >= ArenaLayout.Code and < ArenaLayout.CodeEnd;
            if (isData || offset == ArenaLayout.ReadOnly)
                Put(PageTable, (uint)offset / ArenaLayout.PageSize, (Physical + (ulong)offset) | Present | User | AccessedDirty | (isData ? Writable : 0));
        }

        Put(TopTable, 256, SystemPointerTable | Present | Writable | AccessedDirty);
        Put(SystemPointerTable, 0, SystemDirectory | Present | Writable | AccessedDirty);
        Put(SystemDirectory, 0, Present | Writable | AccessedDirty | LargePage);
        ulong[] globals = SegmentTable.GlobalDescriptors();
        ulong[] locals = SegmentTable.LocalDescriptors(arena);
        for (int i = 0; i < globals.Length; i++)
            Put(GlobalTable, (uint)i, globals[i]);
        for (int i = 0; i < locals.Length; i++)
            Put(LocalTable, (uint)i, locals[i]);
        *(ushort*)(memory.Base + TaskSegment + 0x66) = TaskSegmentLimit + 1;
        new Span<byte>(memory.Base + Physical + ArenaLayout.Code, ArenaLayout.CodeSize).Fill(ArenaLayout.Filler);
        ArenaLayout.FillReadOnly(new Span<byte>(memory.Base + Physical + ArenaLayout.ReadOnly, ArenaLayout.PageSize));
    }

    /// <summary>The control registers as Linux sets them.</summary>
    private X86State Prepare(X86State state, bool hasXsave = true)
    {
        state.Cr0 = 0x8005_0033;
        state.Cr3 = TopTable;
        state.Cr4 = 0x06A0 | (hasXsave ? Cr4WithXsave : 0) | (HostFeatures.Has("fsgsbase") ? Cr4WithFsGsBase : 0);
        state.Xcr0 = hasXsave ? 7UL : 1UL;
        state.Efer = 0xD01;
        state.Gdtr.Base = System + GlobalTable;
        state.Gdtr.Limit = (8 * SegmentTable.GlobalEntries) - 1;
        state.Idtr = default;
        state.Segments[(int)X86SegmentRegister.Ldtr] = new X86Segment { Attributes = X86SegmentAttributes.Unusable };
        if (hasLocalSegments)
        {
            state.Segments[(int)X86SegmentRegister.Ldtr] = new X86Segment
            {
                Selector = 0x50,
                Base = System + LocalTable,
                Limit = (8 * SegmentTable.LocalEntries) - 1,
                Attributes = (X86SegmentAttributes)0x82,
            };
        }

        state.Segments[(int)X86SegmentRegister.Tr] = new X86Segment
        {
            Selector = 0x40,
            Base = System + TaskSegment,
            Limit = TaskSegmentLimit,
            Attributes = (X86SegmentAttributes)0x8B,
        };
        state.Activity = X86Activity.Active;
        return state;
    }

    private bool HasXsave() => (Cpuid(1, 0).Ecx & (1u << 26)) != 0;

    private void Put(ulong table, uint index, ulong entry) => *(ulong*)(memory.Base + table + (8 * index)) = entry;

    private void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        // What would lie behind the last page of code is not there.
        if (!memory.TryWrite(Physical + (ulong)offset, bytes))
            throw new InvalidOperationException("the instruction is not in memory");
    }
}
