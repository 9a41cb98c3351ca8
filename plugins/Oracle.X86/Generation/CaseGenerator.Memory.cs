using Dominion.Cpu.X86;
using Iced.Intel;

namespace Dominion.Oracle.X86.Generation;

/// <content>Operands in memory: where they are, and how they are addressed.</content>
internal sealed unsafe partial class CaseGenerator
{
    private const int ExtendedAreaSize = 832;
    private const int CacheLine = 64;

    private static readonly Register[] WordBases = [Register.BX, Register.BX, Register.BP, Register.BP, Register.SI, Register.DI, Register.BP, Register.BX];
    private static readonly Register[] WordIndices = [Register.SI, Register.DI, Register.SI, Register.DI, Register.None, Register.None, Register.None, Register.None];

    private bool IsGather => info.OpCount == 3 && info.GetOpKind(1) is
        OpCodeOperandKind.mem_vsib32x or OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64x or OpCodeOperandKind.mem_vsib64y;

    private static int SizeOf(in Instruction instruction) => instruction.MemorySize switch
    {
        MemorySize.Xsave or MemorySize.Xsave64 => ExtendedAreaSize,
        MemorySize.Fxsave_512Byte or MemorySize.Fxsave64_512Byte => 512,
        _ => Math.Max(instruction.MemorySize.GetSize(), 1),
    };

    private void UseMemory(ref Instruction instruction)
    {
        int size = SizeOf(instruction);
        bool faults = !isPlain && !isStandIn && random.OneIn(6);
        int offset = faults ? FaultingOffset(size) : ArenaLayout.DataMiddle + random.Next(-256, 256);
        // Whether components that are not asked for are touched is each processor's own.
        if (faults && TakesComponents)
            offset = ArenaLayout.DataEnd;
        int alignment = size > 64 ? (size == ExtendedAreaSize ? 64 : 16) : size >= 16 ? size : 1;
        if (!NeedsAlignment(size))
            alignment = 1;
        // AMD's processors take SHA's operands at any address.
        if (alignment > 1 && (isPlain || form.Group == "sha" || !random.OneIn(8)))
            offset &= -alignment;

        // Locked accesses across a cache line stop the whole machine, and kernels punish them.
        if (info.CanUseLockPrefix && (offset & (CacheLine - 1)) + size > CacheLine)
            offset &= -CacheLine;
        ulong target = arena + (uint)offset;
        memoryTarget = target;
        FillOperand(target, size);
        if (info.Mnemonic == Mnemonic.Xlatb)
        {
            UseTranslation(ref instruction, target);
            return;
        }

        if (IsGather)
        {
            UseIndices(ref instruction, target);
            return;
        }

        if (Enumerable.Range(0, info.OpCount).Any(i => info.GetOpKind(i) == OpCodeOperandKind.mem_offs))
        {
            UseOffset(ref instruction, target);
            return;
        }

        int width = mode switch
        {
            CodeMode.Bits64 => random.OneIn(8) ? 32 : 64,
            CodeMode.Bits32 => random.OneIn(4) ? 16 : 32,
            _ => random.OneIn(2) ? 32 : 16,
        };
        if (width == 16)
            UseWordAddress(ref instruction, target);
        else
            UseAddress(ref instruction, target, width);
    }

    /// <summary>A place that an access of a size faults at, at least in part: before, behind or across what is mapped or can be written.</summary>
    private int FaultingOffset(int size) => random.Next(6) switch
    {
        0 => ArenaLayout.DataEnd - random.Next(size),
        1 => ArenaLayout.DataEnd + random.Next(ArenaLayout.PageSize - 8),
        2 => ArenaLayout.Data - random.Next(1, size + 1),
        3 => ArenaLayout.ReadOnly - random.Next(size),
        4 => ArenaLayout.ReadOnly + ArenaLayout.PageSize - random.Next(1, size + 1),
        _ => ArenaLayout.ReadOnly + random.Next(ArenaLayout.PageSize - 1024),
    };

    private bool NeedsAlignment(int size) =>
        size > 64 || info.Encoding == EncodingKind.Legacy
        || info.Mnemonic is Mnemonic.Vmovaps or Mnemonic.Vmovapd or Mnemonic.Vmovdqa or Mnemonic.Vmovntps or Mnemonic.Vmovntpd or Mnemonic.Vmovntdq or Mnemonic.Vmovntdqa;

    /// <summary>The base of the segment that an address is in; chooses an override now and then.</summary>
    private uint SegmentBase(ref Instruction instruction, bool isStack, bool isWord)
    {
        Register segment = isStack ? Register.SS : Register.DS;
        if (random.OneIn(4))
        {
            segment = random.Pick<Register>([Register.ES, Register.CS, Register.SS, Register.DS, Register.FS, Register.GS]);
            instruction.SegmentPrefix = segment;
        }

        // What the segment refuses, and offsets that wrap, have no counterpart in 64-bit code.
        bool isOutside = isStandIn && (segment == Register.CS || (isWord && segment == Register.GS));
        if (isOutside || (isWord && segment is Register.SS or Register.CS))
        {
            segment = Register.DS;
            instruction.SegmentPrefix = segment;
        }

        int number = segment - Register.ES;
        if (isWord && test.State.Selectors[number] == SegmentTable.FlatData)
            test.State.Selectors[number] = SegmentTable.ArenaData;
        if (mode == CodeMode.Bits64 && segment is not (Register.FS or Register.GS))
            return 0;
        if (test.State.Selectors[number] == 0)
            return SegmentTable.ThreadBase((X86SegmentRegister)number, arena);
        return SegmentTable.Base(test.State.Selectors[number], arena);
    }

    private void UseAddress(ref Instruction instruction, ulong target, int width)
    {
        // At most one register is solved for; the other and the displacement are random.
        int shape = random.Next(mode == CodeMode.Bits64 ? 7 : 6);
        Register first = width == 64 ? Register.RAX : Register.EAX;
        ulong mask = width == 64 ? ulong.MaxValue : uint.MaxValue;
        if (shape == 6)
        {
            ulong relative = target - SegmentBase(ref instruction, false, false);
            instruction.MemoryBase = width == 64 ? Register.RIP : Register.EIP;
            instruction.MemoryDisplSize = width / 8;
            instruction.MemoryDisplacement64 = relative & mask;
            return;
        }

        Register baseRegister = shape is 0 ? Register.None : AddressRegister(first);
        bool isStack = baseRegister != Register.None && baseRegister - first is 4 or 5;
        ulong address = target - SegmentBase(ref instruction, isStack, false);
        if (mode == CodeMode.Bits64 && !isPlain && baseRegister != Register.None && width == 64 && instruction.SegmentPrefix is not (Register.FS or Register.GS) && random.OneIn(40))
            address ^= 1UL << random.Next(47, 64);
        instruction.MemoryDisplSize = 4;
        Register index = Register.None;
        if (random.OneIn(2) || (shape == 0 && random.OneIn(2)))
        {
            do
                index = AddressRegister(first);
            while (index - first == 4 || index == baseRegister);
            instruction.MemoryIndex = index;
            instruction.MemoryIndexScale = 1 << random.Next(4);
            if (random.OneIn(2))
                SetGpr((X86Register)(index - first), (ulong)random.Next(-0x100, 0x100));
            address -= Gpr((X86Register)(index - first)) * (ulong)instruction.MemoryIndexScale;
        }

        if (baseRegister == Register.None)
        {
            // Only an index that is small keeps the displacement within 32 bits.
            if (index != Register.None)
            {
                address += Gpr((X86Register)(index - first)) * (ulong)instruction.MemoryIndexScale;
                SetGpr((X86Register)(index - first), (ulong)random.Next(-0x100, 0x100));
                address -= Gpr((X86Register)(index - first)) * (ulong)instruction.MemoryIndexScale;
            }

            // Without a base the address is a number of 32 bits: sign-extended ones are none of ours.
            instruction.MemoryDisplSize = width / 8;
            instruction.MemoryDisplacement64 = width == 64 ? (ulong)(int)(uint)address : (uint)address;
            return;
        }

        long displacement = random.Next(4) switch
        {
            0 => 0,
            1 => random.Next(-128, 128),
            _ => random.Next(-0x10_0000, 0x10_0000),
        };
        bool short0 = displacement == 0 && baseRegister - first is not (5 or 13) && random.OneIn(2);
        instruction.MemoryBase = baseRegister;
        instruction.MemoryDisplSize = short0 ? 0 : displacement is >= -128 and < 128 && random.Next(4) != 0 ? 1 : width / 8;
        instruction.MemoryDisplacement64 = (ulong)displacement & (width == 64 ? ulong.MaxValue : uint.MaxValue);
        address -= (ulong)displacement;

        // The upper half of a register does not count in an address of 32 bits.
        SetGpr((X86Register)(baseRegister - first), width == 32 && mode == CodeMode.Bits64 ? (uint)address | (random.Next() << 32) : address & mask);
    }

    private void UseWordAddress(ref Instruction instruction, ulong target)
    {
        int shape = random.Next(9);
        bool isStack = shape < 8 && WordBases[shape] == Register.BP;
        ushort address = (ushort)(target - SegmentBase(ref instruction, isStack, true));
        if (shape == 8)
        {
            instruction.MemoryDisplSize = 2;
            instruction.MemoryDisplacement64 = address;
            return;
        }

        instruction.MemoryBase = WordBases[shape];
        instruction.MemoryIndex = WordIndices[shape];
        if (WordIndices[shape] != Register.None)
            address -= (ushort)Gpr((X86Register)WordIndices[shape].GetNumber());
        int displacement = random.Next(3) switch
        {
            0 => 0,
            1 => random.Next(-128, 128),
            _ => (short)random.Next(),
        };
        bool none = displacement == 0 && !(WordBases[shape] == Register.BP && WordIndices[shape] == Register.None) && random.OneIn(2);
        instruction.MemoryDisplSize = none ? 0 : displacement is >= -128 and < 128 && random.Next(4) != 0 ? 1 : 2;
        instruction.MemoryDisplacement64 = (ushort)displacement;
        address -= (ushort)displacement;
        SetGpr((X86Register)WordBases[shape].GetNumber(), ((uint)random.Next() << 16) | address);
    }

    private void UseTranslation(ref Instruction instruction, ulong target)
    {
        int width = StringAddressSize;
        uint start = SegmentBase(ref instruction, false, width == 16);
        instruction.MemoryBase = width == 64 ? Register.RBX : width == 32 ? Register.EBX : Register.BX;
        instruction.MemoryIndex = Register.AL;
        instruction.MemoryDisplSize = 0;
        ulong address = target - start - (byte)Gpr(X86Register.Rax);
        SetGpr(X86Register.Rbx, width == 16 ? (ushort)address : address);
    }

    private void UseOffset(ref Instruction instruction, ulong target)
    {
        int width = mode == CodeMode.Bits64 ? (random.OneIn(4) ? 32 : 64) : mode == CodeMode.Bits32 ? (random.OneIn(4) ? 16 : 32) : random.OneIn(4) ? 32 : 16;
        ulong address = target - SegmentBase(ref instruction, false, width == 16);
        instruction.MemoryDisplSize = width / 8;
        instruction.MemoryDisplacement64 = width == 64 ? address : width == 32 ? (uint)address : (ushort)address;
    }

    /// <summary>The destination and the mask of a gather, and its indices, must be three registers; two that are the same are #UD.</summary>
    private void SetDistinctRegisters(ref Instruction instruction)
    {
        if (!isPlain && random.OneIn(24))
            return;
        int destination = random.Next(RegisterCount);
        int mask = (destination + 1 + random.Next(RegisterCount - 1)) & (RegisterCount - 1);
        instruction.Op0Register += destination - instruction.Op0Register.GetNumber();
        instruction.Op2Register += mask - instruction.Op2Register.GetNumber();
    }

    private void UseIndices(ref Instruction instruction, ulong target)
    {
        OpCodeOperandKind kind = info.GetOpKind(1);
        int number;
        do
            number = random.Next(RegisterCount);
        while (number == instruction.Op0Register.GetNumber() || number == instruction.Op2Register.GetNumber());

        bool wide = kind is OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64y;
        bool isShort = kind is OpCodeOperandKind.mem_vsib32x or OpCodeOperandKind.mem_vsib32y;
        instruction.MemoryIndex = (wide ? Register.YMM0 : Register.XMM0) + number;
        instruction.MemoryIndexScale = 1 << random.Next(4);
        int reach = !isPlain && random.OneIn(4) ? 0x400 : 100;
        for (int i = 0; i < 4; i++)
        {
            ulong indices = isShort ? (uint)random.Next(-reach, reach) | ((ulong)(uint)random.Next(-reach, reach) << 32) : (ulong)random.Next(-reach, reach);
            if (i < 2)
                test.State.Xmm[(2 * number) + i] = indices;
            else
                test.State.Upper[(2 * number) + i - 2] = indices;
        }

        int width = mode == CodeMode.Bits64 && !random.OneIn(4) ? 64 : 32;
        Register first = width == 64 ? Register.RAX : Register.EAX;
        Register baseRegister = General(first);
        ulong address = target - SegmentBase(ref instruction, baseRegister - first is 4 or 5, false);
        long displacement = random.Next(-0x4000_0000, 0x4000_0000);
        instruction.MemoryDisplSize = width / 8;
        instruction.MemoryDisplacement64 = width == 64 ? (ulong)displacement : (uint)displacement;
        instruction.MemoryBase = baseRegister;
        address -= (ulong)displacement;

        // In an address of 32 bits, what the upper half of the base holds does not count.
        SetGpr((X86Register)(baseRegister - first), width == 64 ? address : (uint)address | (random.Next() << 32));
    }
}
