using System.Runtime.InteropServices;
using Dominion.Memory;

namespace Dominion.Cpu.X86.Decoding;

/// <summary>The decoded blocks of one core, by machine address and mode. All of it is native memory: making a block allocates nothing managed.</summary>
internal sealed unsafe class BlockCache : IDisposable
{
    /// <summary>The most instructions of a block.</summary>
    public const int MaximumInstructions = 48;

    private const int HashSize = 1 << 15;
    private const nuint ArenaSize = 48u << 20;
    private const int GranuleShift = 6;

    private readonly IMachineMemory _memory;
    private readonly byte* _arena;
    private readonly Block** _hash;
    private readonly Block** _frames;
    private readonly ulong* _granules;
    private readonly bool* _tails;
    private readonly bool* _watched;
    private nuint _used;

    public BlockCache(IMachineMemory memory)
    {
        _memory = memory;
        _arena = (byte*)NativeMemory.AlignedAlloc(ArenaSize, 64);
        _hash = (Block**)NativeMemory.AllocZeroed(HashSize, (nuint)sizeof(Block*));
        _frames = (Block**)NativeMemory.AllocZeroed((nuint)memory.FrameCount, (nuint)sizeof(Block*));
        _granules = (ulong*)NativeMemory.AllocZeroed((nuint)memory.FrameCount, sizeof(ulong));
        _tails = (bool*)NativeMemory.AllocZeroed((nuint)memory.FrameCount, sizeof(bool));
        _watched = (bool*)NativeMemory.AllocZeroed((nuint)memory.FrameCount, sizeof(bool));
    }

    /// <summary>How many blocks have been decoded since the core was made.</summary>
    public long DecodedBlocks { get; private set; }

    /// <summary>How many times a write has dropped the blocks of a frame.</summary>
    public long DroppedFrames { get; private set; }

    // Other threads ask whether a frame is watched until nobody knows the core any more.
    ~BlockCache() => NativeMemory.Free(_watched);

    /// <summary>Whether the core may hold blocks of a frame. From any thread, after a write to the frame and a barrier.</summary>
    public bool IsWatched(ulong frame) => Volatile.Read(ref _watched[frame]);

    public Block* Find(ulong address, uint mode)
    {
        for (Block* block = _hash[Hash(address, mode)]; block != null; block = block->NextInHash)
        {
            if (block->Address == address && block->Mode == mode)
                return block;
        }

        return null;
    }

    /// <summary>Whether the arena has room for a block of any length. <see cref="Clear"/> it when not, before the block's frame is watched and decoded: clearing ends the watch.</summary>
    public bool HasRoom => _used + SizeOf(MaximumInstructions + 1) <= ArenaSize;

    /// <summary>Room for a block with so many instructions, the one behind them included. There must be room.</summary>
    public Block* Allocate(int instructions)
    {
        nuint size = SizeOf(instructions);
        Block* block = (Block*)(_arena + _used);
        _used += size;
        *block = default;
        block->Ops = (Op*)(block + 1);
        return block;
    }

    /// <summary>Enters a block.</summary>
    public void Add(Block* block)
    {
        DecodedBlocks++;
        Block** bucket = &_hash[Hash(block->Address, block->Mode)];
        block->NextInHash = *bucket;
        *bucket = block;
        ulong frame = block->Address >> FrameRange.FrameShift;
        block->NextInFrame = _frames[frame];
        _frames[frame] = block;
        int start = (int)(block->Address & 0xFFF);
        int end = Math.Min(start + block->Length, FrameRange.FrameSize);
        _granules[frame] |= GranuleMask(start, end - start);
    }

    /// <summary>Enters the second page of a block whose one instruction goes on there, so that writes to it are seen.</summary>
    public void AddSecondPage(Block* block)
    {
        ulong frame = block->SecondPage >> FrameRange.FrameShift;
        int length = (int)((block->Address & 0xFFF) + block->Length - FrameRange.FrameSize);
        _granules[frame] |= GranuleMask(0, length);
        _tails[frame] = true;
    }

    /// <summary>Whether decoded code stands in a range of a frame.</summary>
    public bool Overlaps(ulong address, int length) =>
        (_granules[address >> FrameRange.FrameShift] & GranuleMask((int)(address & 0xFFF), length)) != 0;

    /// <summary>Notes that writes to a frame are to be heard of.</summary>
    /// <returns>True when they have not been until now: the caller must mark the frame and drop its own writable translations, before it reads the bytes.</returns>
    public bool Watch(ulong frame)
    {
        bool first = !_watched[frame];
        _watched[frame] = true;
        return first;
    }

    /// <summary>Drops every block of a frame, and those whose instruction ends in it. The memory comes back with <see cref="Clear"/>; a running block stays readable.</summary>
    public void DropFrame(ulong frame)
    {
        DroppedFrames++;
        for (Block* block = _frames[frame]; block != null; block = block->NextInFrame)
            Unhash(block);
        _frames[frame] = null;
        _granules[frame] = 0;
        if (_watched[frame])
        {
            _watched[frame] = false;
            _memory.UnmarkCode(frame);
        }


        if (_tails[frame])
            DropTails(frame);
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        for (ulong frame = 0; frame < _memory.FrameCount; frame++)
        {
            if (_watched[frame])
                _memory.UnmarkCode(frame);
        }

        new Span<nint>(_hash, HashSize).Clear();
        NativeMemory.Clear(_frames, (nuint)_memory.FrameCount * (nuint)sizeof(Block*));
        NativeMemory.Clear(_granules, (nuint)_memory.FrameCount * sizeof(ulong));
        NativeMemory.Clear(_tails, (nuint)_memory.FrameCount);
        NativeMemory.Clear(_watched, (nuint)_memory.FrameCount);
        _used = 0;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_arena);
        NativeMemory.Free(_hash);
        NativeMemory.Free(_frames);
        NativeMemory.Free(_granules);
        NativeMemory.Free(_tails);
    }

    private static nuint SizeOf(int instructions) => ((nuint)sizeof(Block) + (nuint)(instructions * sizeof(Op)) + 63) & ~(nuint)63;

    private static int Hash(ulong address, uint mode)
    {
        ulong mixed = (address ^ ((ulong)mode << 40)) * 0x9E37_79B9_7F4A_7C15;
        return (int)(mixed >> 49);
    }

    private static ulong GranuleMask(int start, int length)
    {
        int first = start >> GranuleShift;
        int last = (start + length - 1) >> GranuleShift;
        int count = last - first + 1;
        return (count >= 64 ? ulong.MaxValue : (1UL << count) - 1) << first;
    }

    /// <summary>Drops the blocks of other frames whose instruction ends in this one.</summary>
    private void DropTails(ulong frame)
    {
        _tails[frame] = false;
        for (int i = 0; i < HashSize; i++)
        {
            Block** link = &_hash[i];
            while (*link != null)
            {
                if ((*link)->SecondPage != 0 && (*link)->SecondPage >> FrameRange.FrameShift == frame)
                    *link = (*link)->NextInHash;
                else
                    link = &(*link)->NextInHash;
            }
        }
    }

    private void Unhash(Block* block)
    {
        Block** link = &_hash[Hash(block->Address, block->Mode)];
        while (*link != null && *link != block)
            link = &(*link)->NextInHash;
        if (*link != null)
            *link = block->NextInHash;
    }
}
