using Dominion.Oracle.X86.Platform;

namespace Dominion.Oracle.X86.Host;

/// <summary>Runs one instruction on the host's processor with the whole user-visible state given, until the first exception. For the thread that makes it, which must run nothing else meanwhile.</summary>
internal sealed unsafe class HostProcessor : IProcessor
{
    /// <summary>The general registers' places in the kernel's frame by their numbers in encodings (asm/sigcontext.h: R8 to R15, then RDI, RSI, RBP, RBX, RDX, RAX, RCX, RSP).</summary>
    private static readonly int[] FrameRegisters = [13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7];

    private const int MachineContext = 40;
    private const int FrameRip = 16;
    private const int FrameFlags = 17;
    private const int FrameSegments = 18;
    private const int FrameError = 19;
    private const int FrameTrap = 20;
    private const int FrameAddress = 22;
    private const int FrameExtended = 23;
    private const int UpperOffset = 576;
    private const int PageFault = 14;

    private readonly NativeArena arena = new();
    private readonly byte* own;
    private readonly FaultSignals signals;
    private readonly bool hasXsave = HostFeatures.Has("xsave");
    private readonly bool hasAvx = HostFeatures.Has("avx");

    public HostProcessor()
    {
        const int All = LinuxNative.Read | LinuxNative.Write | LinuxNative.Execute;
        nint mapping = LinuxNative.Map(0, HostLayout.Size, All, LinuxNative.PrivateAnonymous, -1, 0);
        LinuxNative.Check(mapping != -1, "mmap");
        own = (byte*)mapping;
        var code = new HostCode((ulong)own);
        code.Enter(hasXsave, (uint)Arena).CopyTo(new Span<byte>(own + HostLayout.Entry, HostLayout.Handler));
        code.Handle().CopyTo(new Span<byte>(own + HostLayout.Handler, HostLayout.State - HostLayout.Handler));
        _ = LinuxNative.SystemCall(LinuxNative.ArchPrctl, LinuxNative.GetFsCode, (long)(own + HostLayout.HostFs), 0);
        signals = new FaultSignals((nint)(own + HostLayout.Handler), (nint)(own + HostLayout.AlternateStack), HostLayout.AlternateStackSize, (nint*)(own + HostLayout.OldHandlers));
        HasLocalSegments = LocalDescriptorTable.TryInstall((uint)Arena) && CanUse(SegmentTable.Code32) && CanUse(SegmentTable.Code16);
        KeepsFloatPointers = HasFloatPointers();
    }

    /// <summary>The linear address of the arena.</summary>
    public ulong Arena => (ulong)arena.Base;

    /// <summary>Whether the host lets a process have segments of its own: without them there is 64-bit code only.</summary>
    public bool HasLocalSegments { get; }

    /// <summary>Whether FIP, FDP and FOP can be compared when no x87 exception is pending.</summary>
    public bool KeepsFloatPointers { get; }

    public Span<byte> Data => new(arena.Base + ArenaLayout.Data, ArenaLayout.DataSize);

    public string? Run(TestCase test, ref ProcessorState result)
    {
        Span<byte> code = new(arena.Base + test.CodeOffset, test.Bytes.Length);
        test.Bytes.CopyTo(code);
        ProcessorState* state = (ProcessorState*)(own + HostLayout.State);
        *state = test.State;
        ulong* frame = (ulong*)(own + HostLayout.Frame);
        frame[0] = state->Rip;
        frame[1] = state->Selectors[1];
        frame[2] = state->Rflags;
        frame[3] = state->Gpr[4];
        frame[4] = state->Selectors[2];
        ((delegate* unmanaged<void>)(own + HostLayout.Entry))();
        code.Fill(ArenaLayout.Filler);

        // A store may have gone to the code.
        Span<byte> all = new(arena.Base + ArenaLayout.Code, ArenaLayout.CodeSize);
        if (all.ContainsAnyExcept(ArenaLayout.Filler))
            all.Fill(ArenaLayout.Filler);
        Read(ref result);
        return null;
    }

    public void Dispose()
    {
        signals.Dispose();
        if (HasLocalSegments)
            LocalDescriptorTable.Remove();
        _ = LinuxNative.Unmap((nint)own, HostLayout.Size);
        arena.Dispose();
    }

    /// <summary>Whether the kernel's frame has the last x87 instruction's address: processors may keep it while an exception is pending only.</summary>
    private bool HasFloatPointers()
    {
        ProcessorState result = default;
        Run(Probe([0xD9, 0xE8]), ref result);
        return result.FloatInstruction != 0;
    }

    /// <summary>Whether the processor knows a selector, by LAR: a kernel may keep a table that it does not load.</summary>
    private bool CanUse(ushort selector)
    {
        const ulong ZeroFlag = 0x40;
        TestCase test = Probe([0x0F, 0x02, 0xC1]);
        test.State.Gpr[1] = selector;
        ProcessorState result = default;
        Run(test, ref result);
        return (result.Rflags & ZeroFlag) != 0;
    }

    private TestCase Probe(byte[] bytes)
    {
        var test = new TestCase { Bytes = bytes, CodeOffset = ArenaLayout.Instruction, Mode = CodeMode.Bits64 };
        test.State.Gpr[4] = Arena + ArenaLayout.Stack;
        test.State.Rip = Arena + ArenaLayout.Instruction;
        test.State.Rflags = 0x202;
        test.State.FloatControl = 0x37F;
        test.State.Mxcsr = 0x1F80;
        test.State.Selectors[1] = SegmentTable.Code64;
        test.State.Selectors[2] = SegmentTable.FlatData;
        return test;
    }

    private void Read(ref ProcessorState result)
    {
        ulong* frame = (ulong*)(*(ulong*)(own + HostLayout.Context) + MachineContext);
        for (int i = 0; i < 16; i++)
            result.Gpr[i] = frame[FrameRegisters[i]];
        result.Rip = frame[FrameRip];
        result.Rflags = frame[FrameFlags];
        ushort* kept = (ushort*)(own + HostLayout.Selectors);
        result.Selectors[0] = kept[0];
        result.Selectors[1] = (ushort)frame[FrameSegments];
        result.Selectors[2] = (ushort)(frame[FrameSegments] >> 48);
        result.Selectors[3] = kept[1];
        result.Selectors[4] = kept[2];
        result.Selectors[5] = kept[3];
        result.Vector = (uint)frame[FrameTrap];
        result.ErrorCode = HasErrorCode(result.Vector) ? (uint)frame[FrameError] : 0;
        result.FaultAddress = result.Vector == PageFault ? frame[FrameAddress] : 0;
        byte* extended = (byte*)frame[FrameExtended];
        fixed (byte* to = result.Extended)
            Buffer.MemoryCopy(extended, to, ProcessorState.ExtendedSize, hasAvx ? ProcessorState.ExtendedSize : UpperOffset);
        if (hasXsave)
            result.ClearUnused(result.Components);
    }

    private static bool HasErrorCode(uint vector) => vector is 8 or 10 or 11 or 12 or 13 or 14 or 17;
}
