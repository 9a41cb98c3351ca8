using System.Runtime.InteropServices;
using Dominion.Buses;
using Dominion.Cpu.X86.Interpreter;
using Dominion.Cpu.X86.Interpreter.Control;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;
using Dominion.Memory;
using Iced.Intel;

namespace Dominion.Cpu.X86.Decoding;

/// <summary>Decodes blocks with Iced, once each.</summary>
internal sealed unsafe class BlockBuilder
{
    private const int MaximumLength = 15;

    private readonly X86Core _core;
    private readonly CodeWindow _window = new();
    private readonly Decoder _decoder16;
    private readonly Decoder _decoder32;
    private readonly Decoder _decoder64;
    private readonly LoweringTable _table;
    private readonly Op* _ops;
    private readonly byte* _bytes;

    /// <summary>The first instruction goes beyond CS's limit.</summary>
    private bool _beyondLimit;

    public BlockBuilder(X86Core core)
    {
        _core = core;
        _table = Instructions.Table;

        // Without BMI1, LZCNT and WBNOINVD their prefixes mean nothing, and what no feature claims of 0F 18–1F is a NOP (SDM volume 2, appendix A).
        DecoderOptions options = DecoderOptions.ForceReservedNop | DecoderOptions.NoWbnoinvd;
        if (!core.Cpuid.Has("bmi1"))
            options |= DecoderOptions.NoMPFX_0FBC;
        if (!core.Cpuid.Has("lzcnt"))
            options |= DecoderOptions.NoMPFX_0FBD;
        _decoder16 = Decoder.Create(16, _window, options);
        _decoder32 = Decoder.Create(32, _window, options);
        _decoder64 = Decoder.Create(64, _window, options);
        _ops = (Op*)NativeMemory.AllocZeroed(BlockCache.MaximumInstructions + 1, (nuint)sizeof(Op));
        _bytes = (byte*)NativeMemory.AllocZeroed(2 * MaximumLength);
    }

    ~BlockBuilder()
    {
        NativeMemory.Free(_ops);
        NativeMemory.Free(_bytes);
    }

    /// <summary>Decodes the block at an address in RAM and enters it in the cache.</summary>
    /// <param name="rip">RIP.</param>
    /// <param name="linear">The linear address.</param>
    /// <param name="address">The machine address.</param>
    /// <returns>Null when fetching an instruction's second page faults; the fault is recorded.</returns>
    public Block* Build(ulong rip, ulong linear, ulong address)
    {
        byte* start = _core.MachineMemory.Base + address;
        int inPage = FrameRange.FrameSize - (int)(address & 0xFFF);

        _core.MakeRoom();
        _core.WatchFrame(address >> FrameRange.FrameShift);
        int count = Decode(rip, start, inPage, SingleStep ? 1 : BlockCache.MaximumInstructions, out int length);
        if (_beyondLimit)
            return Refuse();
        if (count > 0)
            return Enter(count, length, address, 0);

        // The first instruction does not end in this page.
        FetchEntry* second = _core.ResolveFetch(_core.TruncateLinear((linear & ~0xFFFUL) + FrameRange.FrameSize));
        if (second == null)
            return null;
        int taken = Math.Min(inPage, MaximumLength);
        Buffer.MemoryCopy(start, _bytes, 2 * MaximumLength, taken);
        if (second->Host != null)
            _core.WatchFrame((ulong)(second->Host - _core.MachineMemory.Base) >> FrameRange.FrameShift);
        ReadPage(second, _bytes + taken, MaximumLength);
        count = Decode(rip, _bytes, taken + MaximumLength, 1, out length);
        if (_beyondLimit)
            return Refuse();
        if (second->Host == null)
            return EnterUncached(length, address);
        return Enter(count, length, address, (ulong)(second->Host - _core.MachineMemory.Base));
    }

    /// <summary>Decodes one instruction from a device's memory. The block is good for one execution.</summary>
    /// <returns>Null when the fetch faults; the fault is recorded.</returns>
    public Block* BuildFromDevice(ulong rip, ulong linear, ulong physical)
    {
        _core.MakeRoom();
        int offset = (int)(linear & 0xFFF);
        int inPage = Math.Min(MaximumLength, FrameRange.FrameSize - offset);
        for (int i = 0; i < inPage; i++)
            _bytes[i] = (byte)_core.Memory.Read(physical + (ulong)(offset + i), AccessWidth.Byte, _core.Index);
        if (Decode(rip, _bytes, inPage, 1, out int length) == 0)
        {
            FetchEntry* second = _core.ResolveFetch(_core.TruncateLinear((linear & ~0xFFFUL) + FrameRange.FrameSize));
            if (second == null)
                return null;
            ReadPage(second, _bytes + inPage, MaximumLength);
            Decode(rip, _bytes, inPage + MaximumLength, 1, out length);
        }

        if (_beyondLimit)
            return Refuse();
        return EnterUncached(length, ulong.MaxValue);
    }

    /// <summary>#GP(0): an instruction that is not all inside CS (SDM volume 3A, 5.3).</summary>
    private Block* Refuse()
    {
        _core.SetFault(X86Exception.GeneralProtection, 0);
        return null;
    }

    private bool SingleStep => (_core.S->Mode & BlockMode.Single) != 0;

    private void ReadPage(FetchEntry* page, byte* destination, int length)
    {
        if (page->Host != null)
        {
            Buffer.MemoryCopy(page->Host, destination, length, length);
            return;
        }

        for (int i = 0; i < length; i++)
            destination[i] = (byte)_core.Memory.Read(page->Physical + (ulong)i, AccessWidth.Byte, _core.Index);
    }

    private Block* Enter(int count, int length, ulong address, ulong secondPage)
    {
        Block* block = Copy(count, length, address);
        block->SecondPage = secondPage;
        _core.AddBlock(block);
        return block;
    }

    /// <summary>A block that no look-up finds again.</summary>
    private Block* EnterUncached(int length, ulong address)
    {
        Block* block = Copy(1, length, address);
        block->SecondPage = ulong.MaxValue;
        return block;
    }

    private Block* Copy(int count, int length, ulong address)
    {
        Block* block = _core.AllocateBlock(count + 1);
        block->Address = address;
        block->Mode = _core.S->Mode;
        block->Count = (ushort)count;
        block->Length = (ushort)length;
        Buffer.MemoryCopy(_ops, block->Ops, (count + 1) * sizeof(Op), (count + 1) * sizeof(Op));
        return block;
    }

    private int Decode(ulong rip, byte* code, int available, int most, out int length)
    {
        uint mode = _core.S->Mode;
        Decoder decoder = (mode & BlockMode.Code64) != 0 ? _decoder64 : (mode & BlockMode.Code32) != 0 ? _decoder32 : _decoder16;
        _window.Set(code, available);
        decoder.IP = rip;
        length = 0;
        _beyondLimit = false;
        int count = 0;
        while (count < most)
        {
            decoder.Decode(out Instruction instruction);
            if (decoder.LastError == DecoderError.NoMoreBytes && available - length < MaximumLength)
                break;
            if (!_core.IsInsideCode(rip, length + instruction.Length))
            {
                _beyondLimit = count == 0;
                break;
            }

            Op* op = &_ops[count];
            Prepare(op, count, length, instruction.Length);
            var lowering = new Lowering { Op = op, Core = _core, BlockRip = rip, Mode = mode, Code = code + length };
            if (decoder.LastError != DecoderError.None || !_core.Cpuid.Supports(instruction) || !_table.TryLower(instruction, ref lowering))
            {
                Prepare(op, count, length, instruction.Length);
                if (decoder.LastError == DecoderError.None && _core.TryGetExtensionInstruction(instruction, out uint number))
                {
                    op->Immediate = number;
                    op->Handler = &BlockEnds.Extension;
                }
                else
                {
                    op->Handler = IsTooLong(decoder, instruction, code + length, available - length) ? &BlockEnds.TooLong : &BlockEnds.Undefined;
                }
                lowering.EndsBlock = true;
            }

            length += instruction.Length;
            count++;
            if (lowering.EndsBlock)
                break;
        }

        Op* end = &_ops[count];
        Prepare(end, count, length, 0);
        end->Handler = SingleStep ? &BlockEnds.Leave : &BlockEnds.GoOn;
        return count;
    }

    /// <summary>Whether an instruction has more bytes than it may: #GP, where one of the greatest length that is none is #UD. Without its first byte, which is a prefix, it still has the greatest length then. Uses the decoder up: for what ends a block.</summary>
    private bool IsTooLong(Decoder decoder, in Instruction instruction, byte* code, int available)
    {
        if (decoder.LastError == DecoderError.None || instruction.Length < MaximumLength)
            return false;
        _window.Set(code + 1, available - 1);
        decoder.Decode(out Instruction rest);
        return rest.Length >= MaximumLength || decoder.LastError == DecoderError.NoMoreBytes;
    }

    private static void Prepare(Op* op, int number, int offset, int length)
    {
        *op = default;
        op->Base = Offsets.Zero;
        op->Index = Offsets.Zero;
        op->SegmentBase = Offsets.Zero;
        op->Number = (byte)number;
        op->Offset = (ushort)offset;
        op->Length = (byte)length;
    }
}
