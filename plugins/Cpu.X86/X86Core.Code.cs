using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;
using Dominion.Memory;

namespace Dominion.Cpu.X86;

/// <content>Fetching: from RIP to a block, and what happens when code is written to.</content>
internal sealed unsafe partial class X86Core : ICodeObserver
{
    private readonly Lock _codeLock = new();
    private readonly Queue<(ulong Address, int Length)> _foreignWrites = new();
    private readonly Queue<ulong> _foreignMarks = new();
    private bool _hasForeignWork;
    private int _runningThread;

    /// <summary>Finds the page that an instruction is fetched from.</summary>
    /// <returns>Null when the fetch faults; the fault is recorded.</returns>
    public FetchEntry* ResolveFetch(ulong linear)
    {
        bool user = S->Cpl == 3;
        FetchEntry* entry = _contexts.Current.FindFetch(linear, user);
        if (entry != null)
            return entry;
        if (IsLongMode && !PageWalker.IsCanonical(S, linear))
        {
            SetFault(X86Exception.GeneralProtection, 0);
            return null;
        }

        X86TranslationResult result = Walker.Walk(linear, MemoryAccess.Execute, user, false, out PageWalk walk);
        if (result == X86TranslationResult.Ok)
            return _contexts.Current.AddFetch(linear, user, Memory.GetPage(walk.Physical, MemoryAccess.Execute), walk.Physical, walk.IsGlobal, walk.PageBits);
        if (result == X86TranslationResult.PageFault)
            SetPageFault(linear, walk.ErrorCode);
        else
            S->Leave = LeaveReason.Exit;
        return null;
    }

    /// <summary>The linear address of an instruction.</summary>
    public ulong FetchLinear(ulong rip) =>
        Is64Bit ? rip : (uint)(S->Arch.Segments[(int)X86SegmentRegister.Cs].Base + rip);

    private Block* FindBlock(ulong rip)
    {
        if (!Is64Bit && rip > S->Arch.Segments[(int)X86SegmentRegister.Cs].Limit)
            return FetchFault(rip, X86Exception.GeneralProtection);
        ulong linear = FetchLinear(rip);
        FetchEntry* fetch = ResolveFetch(linear);
        if (fetch == null)
            return FetchFault();
        if (fetch->Host == null)
        {
            Block* device = _builder.BuildFromDevice(rip, linear, fetch->Physical);
            return device != null ? device : FetchFault();
        }

        ulong address = (ulong)(fetch->Host - MachineMemory.Base) + (linear & 0xFFF);
        Block* block = _blocks.Find(address, S->Mode);
        if (block != null && IsInsideCode(rip, block->Length))
        {
            if (block->SecondPage == 0)
                return block;
            FetchEntry* second = ResolveFetch(TruncateLinear((linear & PageMask) + 4096));
            if (second == null)
                return FetchFault();
            if (second->Host != null && (ulong)(second->Host - MachineMemory.Base) == block->SecondPage)
                return block;
        }

        block = _builder.Build(rip, linear, address);
        return block != null ? block : FetchFault();
    }

    /// <summary>Whether all bytes of an instruction or a block are inside CS's limit.</summary>
    public bool IsInsideCode(ulong rip, int length)
    {
        uint limit = S->Arch.Segments[(int)X86SegmentRegister.Cs].Limit;
        return Is64Bit || limit == uint.MaxValue || rip + (ulong)length - 1 <= limit;
    }

    private Block* FetchFault()
    {
        if (S->Leave != LeaveReason.Exit)
            S->Leave = LeaveReason.Fault;
        return null;
    }

    private Block* FetchFault(ulong rip, X86Exception vector)
    {
        S->Arch.Rip = rip;
        SetFault(vector, 0);
        return FetchFault();
    }

    /// <summary>Enters a block in the cache.</summary>
    public void AddBlock(Block* block)
    {
        _blocks.Add(block);
        if (block->SecondPage != 0)
            _blocks.AddSecondPage(block);
    }

    /// <summary>Makes room for a block; drops all others when there is none left. Comes before <see cref="WatchFrame"/>.</summary>
    public void MakeRoom()
    {
        if (_blocks.HasRoom)
            return;
        _blocks.Clear();
        DropLinks();
    }

    /// <summary>Memory for a block, after <see cref="MakeRoom"/>.</summary>
    public Block* AllocateBlock(int instructions) => _blocks.Allocate(instructions);

    /// <summary>Makes writes to a frame heard of. Comes before its bytes are decoded: a write that comes later is heard of, one that came earlier is seen.</summary>
    public void WatchFrame(ulong frame)
    {
        if (!_blocks.Watch(frame))
            return;
        MachineMemory.MarkCode(frame, this);
        _contexts.ProtectFrame(MachineMemory.Base + (frame << FrameRange.FrameShift));
    }

    void ICodeObserver.OnCodeMarked(ulong frame)
    {
        lock (_codeLock)
        {
            _foreignMarks.Enqueue(frame);
            _hasForeignWork = true;
        }

        Signal();
    }

    void ICodeObserver.OnCodeWritten(ulong address, int length)
    {
        NoteMonitoredWrite(address, length);
        if (Environment.CurrentManagedThreadId == _runningThread)
        {
            DropWrittenCode(address, length);
            return;
        }

        if (!_blocks.IsWatched(address >> FrameRange.FrameShift))
            return;
        lock (_codeLock)
        {
            _foreignWrites.Enqueue((address, length));
            _hasForeignWork = true;
        }

        Signal();
    }

    /// <summary>Code that this core itself wrote over is stale at once: the instruction behind the writing one is fetched anew (SDM volume 3A, 8.1.3).</summary>
    private void DropWrittenCode(ulong address, int length)
    {
        if (!_blocks.Overlaps(address, length))
            return;
        ulong frame = address >> FrameRange.FrameShift;
        _blocks.DropFrame(frame);
        DropLinks();
        Block* running = S->Block;
        if (running == null || (running->Address >> FrameRange.FrameShift != frame && running->SecondPage >> FrameRange.FrameShift != frame))
            return;
        for (int i = 1; i <= running->Count; i++)
            running->Ops[i].Handler = &Interpreter.Control.BlockEnds.Refetch;
    }

    /// <summary>
    /// Does what other threads' marks and writes ask for. Called between blocks, and calls out without the lock: whoever marks or writes holds locks of the memory's.
    /// <para>A frame that could be written here until now may have been written after the other core decoded from it: the frame counts as written.</para>
    /// </summary>
    private void ServeForeignWrites()
    {
        while (true)
        {
            ulong marked = ulong.MaxValue;
            (ulong Address, int Length) write = default;
            lock (_codeLock)
            {
                if (!_foreignMarks.TryDequeue(out marked))
                {
                    marked = ulong.MaxValue;
                    if (!_foreignWrites.TryDequeue(out write))
                    {
                        _hasForeignWork = false;
                        return;
                    }
                }
            }

            if (marked == ulong.MaxValue)
                DropWrittenCode(write.Address, write.Length);
            else if (_contexts.ProtectFrame(MachineMemory.Base + (marked << FrameRange.FrameShift)))
                MachineMemory.NotifyWrite(marked << FrameRange.FrameShift, FrameRange.FrameSize);
        }
    }

    private void OnLayoutChanged()
    {
        Volatile.Write(ref _layoutChanged, true);
        Signal();
        if (Environment.CurrentManagedThreadId == _runningThread)
            FlushAll();
    }

    private bool _layoutChanged;
}
