using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>Makes cases for an encoding: operands of every kind, registers and memory with values at the edges.</summary>
internal sealed unsafe class CaseGenerator(ulong linear, int seed)
{
    private const ulong StatusFlags = 0x8D5;
    private const ulong DirectionFlag = 0x400;
    private const ulong FixedFlags = 0x202;
    private const uint MxcsrMasks = 0x1F80;

    private static readonly ulong[] Integers =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue, 0x0101_0101_0101_0101, 0xFFFF_FFFF_0000_0000,
    ];

    private static readonly uint[] Singles =
    [
        0, 0x8000_0000, 0x3F80_0000, 0xBF80_0000, 0x4000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x7F80_0001, 0xFFC0_1234, 1, 0x807F_FFFF, 0x0080_0000,
        0x7F7F_FFFF, 0xFF7F_FFFF, 0x3F00_0000, 0x3FC0_0000, 0x4F00_0000, 0xCF00_0000, 0x5F00_0000, 0x3F80_0001, 0x4B00_0001, 0x0100_0000,
    ];

    private static readonly ulong[] Doubles =
    [
        0, 0x8000_0000_0000_0000, 0x3FF0_0000_0000_0000, 0xBFF0_0000_0000_0000, 0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000,
        0x7FF0_0000_0000_0001, 0xFFF8_0000_1234_5678, 1, 0x800F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF, 0x3FE0_0000_0000_0000,
        0x41DF_FFFF_FFC0_0000, 0x41E0_0000_0000_0000, 0xC1E0_0000_0000_0000, 0x43E0_0000_0000_0000, 0x3FF0_0000_0000_0001, 0x3810_0000_0000_0000, 0x47EF_FFFF_E000_0000,
    ];

    private readonly Random random = new(seed);

    /// <summary>Makes a case.</summary>
    /// <returns>Null when the random operands do not encode.</returns>
    public TestCase? Create(Code code)
    {
        ProcessorState state = CreateState();
        byte[] data = new byte[ArenaLayout.DataSize];
        for (int i = 0; i < data.Length; i += 8)
            BitConverter.TryWriteBytes(data.AsSpan(i), NextElement());

        OpCodeInfo info = code.ToOpCode();
        Instruction instruction = default;
        instruction.Code = code;
        for (int i = 0; i < info.OpCount; i++)
            SetOperand(ref instruction, i, info.GetOpKind(i));
        if (IsGather(info))
            SetDistinctRegisters(ref instruction);
        if (instruction.IsStringInstruction || info.Mnemonic is Mnemonic.Maskmovq or Mnemonic.Maskmovdqu or Mnemonic.Vmaskmovdqu)
            UseStringRegisters(ref instruction, info, ref state);
        FitImplicitOperands(ref instruction, info, ref state);
        for (int i = 0; i < info.OpCount; i++)
        {
            if (instruction.GetOpKind(i) == OpKind.Memory)
                UseMemory(ref instruction, info, ref state, data);
        }

        if (info.CanUseLockPrefix && instruction.GetOpKind(0) == OpKind.Memory && random.Next(4) == 0)
            instruction.HasLockPrefix = true;
        byte[]? bytes = Encode(instruction);
        return bytes == null ? null : new TestCase { Instruction = instruction, Bytes = bytes, State = state, Data = data };
    }

    private byte[]? Encode(in Instruction instruction)
    {
        var writer = new ByteWriter();
        Encoder encoder = Encoder.Create(64, writer);
        encoder.PreventVEX2 = random.Next(2) == 0;
        encoder.VEX_WIG = (uint)random.Next(2);
        encoder.VEX_LIG = (uint)random.Next(2);
        return encoder.TryEncode(instruction, linear + ArenaLayout.Instruction, out _, out _) ? writer.ToArray() : null;
    }

    private ProcessorState CreateState()
    {
        ProcessorState state = default;
        for (int i = 0; i < 16; i++)
            state.Gpr[i] = NextInteger();
        for (int i = 0; i < 8; i++)
            state.Mmx[i] = NextElement();
        for (int i = 0; i < 32; i++)
        {
            state.Xmm[i] = NextElement();
            state.Upper[i] = NextElement();
        }

        if (random.Next(4) == 0)
            CopyRegister(ref state);
        state.Gpr[(int)X86Register.Rsp] = linear + ArenaLayout.Stack;
        state.Rflags = FixedFlags | ((ulong)random.Next() & StatusFlags);
        state.Mxcsr = random.Next(2) == 0 ? MxcsrMasks | 0x20 : MxcsrMasks | ((uint)random.Next() & 0xE07F);
        return state;
    }

    /// <summary>Equal operands are rare at random.</summary>
    private void CopyRegister(ref ProcessorState state)
    {
        for (int i = 2; i < 32; i++)
        {
            state.Xmm[i] = state.Xmm[i & 1];
            state.Upper[i] = state.Upper[i & 1];
        }

        for (int i = 1; i < 8; i++)
            state.Mmx[i] = state.Mmx[0];
    }

    private void SetOperand(ref Instruction instruction, int operand, OpCodeOperandKind kind)
    {
        switch (kind)
        {
            case OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r64_or_mem
                or OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.xmm_or_mem or OpCodeOperandKind.ymm_or_mem or OpCodeOperandKind.r32_or_mem_mpx or OpCodeOperandKind.r64_or_mem_mpx:
                if (random.Next(2) == 0)
                    SetMemory(ref instruction, operand);
                else
                    SetRegister(ref instruction, operand, RandomRegister(kind));
                break;
            case OpCodeOperandKind.mem or OpCodeOperandKind.mem_offs
                or OpCodeOperandKind.mem_vsib32x or OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64x or OpCodeOperandKind.mem_vsib64y:
                SetMemory(ref instruction, operand);
                break;
            case OpCodeOperandKind.imm8 or OpCodeOperandKind.imm8_const_1 or OpCodeOperandKind.imm4_m2z:
                instruction.SetOpKind(operand, OpKind.Immediate8);
                instruction.Immediate8 = kind == OpCodeOperandKind.imm8_const_1 ? (byte)1 : (byte)random.Next(256);
                break;
            case OpCodeOperandKind.imm8sex16 or OpCodeOperandKind.imm8sex32 or OpCodeOperandKind.imm8sex64:
                instruction.SetOpKind(operand, kind switch
                {
                    OpCodeOperandKind.imm8sex16 => OpKind.Immediate8to16,
                    OpCodeOperandKind.imm8sex32 => OpKind.Immediate8to32,
                    _ => OpKind.Immediate8to64,
                });
                instruction.Immediate8 = (byte)random.Next(256);
                break;
            case OpCodeOperandKind.imm16:
                instruction.SetOpKind(operand, OpKind.Immediate16);
                instruction.Immediate16 = (ushort)NextInteger();
                break;
            case OpCodeOperandKind.imm32:
                instruction.SetOpKind(operand, OpKind.Immediate32);
                instruction.Immediate32 = (uint)NextInteger();
                break;
            case OpCodeOperandKind.imm32sex64:
                instruction.SetOpKind(operand, OpKind.Immediate32to64);
                instruction.Immediate32 = (uint)NextInteger();
                break;
            case OpCodeOperandKind.imm64:
                instruction.SetOpKind(operand, OpKind.Immediate64);
                instruction.Immediate64 = NextInteger();
                break;
            case OpCodeOperandKind.seg_rBX_al:
                instruction.SetOpKind(operand, OpKind.Memory);
                break;
            case OpCodeOperandKind.seg_rSI:
                instruction.SetOpKind(operand, OpKind.MemorySegRSI);
                break;
            case OpCodeOperandKind.es_rDI:
                instruction.SetOpKind(operand, OpKind.MemoryESRDI);
                break;
            case OpCodeOperandKind.seg_rDI:
                instruction.SetOpKind(operand, OpKind.MemorySegRDI);
                break;
            default:
                SetRegister(ref instruction, operand, RandomRegister(kind));
                break;
        }
    }

    private static void SetRegister(ref Instruction instruction, int operand, Register register)
    {
        instruction.SetOpKind(operand, OpKind.Register);
        instruction.SetOpRegister(operand, register);
    }

    private void SetMemory(ref Instruction instruction, int operand) => instruction.SetOpKind(operand, OpKind.Memory);

    private Register RandomRegister(OpCodeOperandKind kind) => kind switch
    {
        OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r8_reg or OpCodeOperandKind.r8_opcode => Register.AL + random.Next(20),
        OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r16_reg or OpCodeOperandKind.r16_reg_mem or OpCodeOperandKind.r16_rm or OpCodeOperandKind.r16_opcode => General(Register.AX),
        OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r32_reg or OpCodeOperandKind.r32_reg_mem or OpCodeOperandKind.r32_rm or OpCodeOperandKind.r32_opcode
            or OpCodeOperandKind.r32_vvvv or OpCodeOperandKind.r32_or_mem_mpx => General(Register.EAX),
        OpCodeOperandKind.r64_or_mem or OpCodeOperandKind.r64_reg or OpCodeOperandKind.r64_reg_mem or OpCodeOperandKind.r64_rm or OpCodeOperandKind.r64_opcode
            or OpCodeOperandKind.r64_vvvv or OpCodeOperandKind.r64_or_mem_mpx => General(Register.RAX),
        OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.mm_reg or OpCodeOperandKind.mm_rm => Register.MM0 + random.Next(8),
        OpCodeOperandKind.xmm_or_mem or OpCodeOperandKind.xmm_reg or OpCodeOperandKind.xmm_rm or OpCodeOperandKind.xmm_vvvv or OpCodeOperandKind.xmm_is4 => Register.XMM0 + random.Next(16),
        OpCodeOperandKind.ymm_or_mem or OpCodeOperandKind.ymm_reg or OpCodeOperandKind.ymm_rm or OpCodeOperandKind.ymm_vvvv or OpCodeOperandKind.ymm_is4 => Register.YMM0 + random.Next(16),
        OpCodeOperandKind.al => Register.AL,
        OpCodeOperandKind.cl => Register.CL,
        OpCodeOperandKind.ax => Register.AX,
        OpCodeOperandKind.dx => Register.DX,
        OpCodeOperandKind.eax => Register.EAX,
        OpCodeOperandKind.rax => Register.RAX,
        _ => throw new InvalidOperationException($"operands of kind {kind} are not known here"),
    };

    /// <summary>Any register but RSP, which must point to the stack.</summary>
    private Register General(Register first)
    {
        int number = random.Next(15);
        return first + (number < (int)X86Register.Rsp ? number : number + 1);
    }

    private void UseStringRegisters(ref Instruction instruction, OpCodeInfo info, ref ProcessorState state)
    {
        state.Gpr[(int)X86Register.Rsi] = linear + ArenaLayout.DataMiddle + (ulong)random.Next(-300, 300);
        state.Gpr[(int)X86Register.Rdi] = linear + ArenaLayout.DataMiddle + (ulong)random.Next(-300, 300);
        if (random.Next(2) == 0)
            state.Rflags |= DirectionFlag;
        if (random.Next(2) != 0)
            return;
        if (info.CanUseRepPrefix)
            instruction.HasRepePrefix = true;
        if (info.CanUseRepnePrefix && random.Next(2) == 0)
        {
            instruction.HasRepePrefix = false;
            instruction.HasRepnePrefix = true;
        }

        if (instruction.HasRepePrefix || instruction.HasRepnePrefix)
            state.Gpr[(int)X86Register.Rcx] = (ulong)random.Next(24);
    }

    /// <summary>Keeps an instruction within what is defined and does not fault.</summary>
    private void FitImplicitOperands(ref Instruction instruction, OpCodeInfo info, ref ProcessorState state)
    {
        switch (info.Mnemonic)
        {
            case Mnemonic.Leave:
                state.Gpr[(int)X86Register.Rbp] = linear + ArenaLayout.DataMiddle + (ulong)(8 * random.Next(64));
                break;
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc when instruction.Op0Kind == OpKind.Memory && instruction.Op1Kind == OpKind.Register:
                state.Gpr[instruction.Op1Register.GetNumber()] = (ulong)random.Next(-0x2000, 0x2000);
                break;
            case Mnemonic.Shld or Mnemonic.Shrd when info.OperandSize == 16:
                // Counts past 16 give an undefined result.
                if (instruction.Op2Kind == OpKind.Immediate8)
                    instruction.Immediate8 &= 15;
                state.Gpr[(int)X86Register.Rcx] &= ~0x10UL;
                break;
            case Mnemonic.Cmpxchg8b or Mnemonic.Cmpxchg16b when random.Next(2) == 0:
                state.Gpr[(int)X86Register.Rax] = NextElement();
                break;
            case Mnemonic.Div or Mnemonic.Idiv when random.Next(4) != 0:
                state.Gpr[(int)X86Register.Rdx] = 0;
                state.Gpr[(int)X86Register.Rax] &= 0xFF;
                break;
        }
    }

    private void UseMemory(ref Instruction instruction, OpCodeInfo info, ref ProcessorState state, byte[] data)
    {
        int size = Math.Max(instruction.MemorySize.GetSize(), 1);
        int offset = ArenaLayout.DataMiddle + random.Next(-256, 256);

        // VectorFaultTests has what is not aligned; here nothing faults.
        if (size >= 16 && NeedsAlignment(info))
            offset &= -size;
        ulong target = linear + (ulong)offset;
        if (info.Mnemonic is Mnemonic.Ldmxcsr or Mnemonic.Vldmxcsr)
            BitConverter.TryWriteBytes(data.AsSpan(offset), MxcsrMasks | ((uint)random.Next() & 0xFFFF));
        if (info.Mnemonic is Mnemonic.Cmpxchg8b or Mnemonic.Cmpxchg or Mnemonic.Cmpxchg16b && random.Next(2) == 0)
            MatchAccumulator(offset, ref state, data);

        instruction.MemoryDisplSize = 4;
        if (info.Mnemonic == Mnemonic.Xlatb)
        {
            instruction.MemoryBase = Register.RBX;
            instruction.MemoryIndex = Register.AL;
            instruction.MemoryDisplSize = 0;
            state.Gpr[(int)X86Register.Rbx] = target;
            return;
        }

        if (IsGather(info))
        {
            UseIndices(ref instruction, info, ref state, target);
            return;
        }

        if (HasOffsetOnly(info))
        {
            instruction.MemoryDisplSize = 8;
            instruction.MemoryDisplacement64 = target;
            return;
        }

        switch (random.Next(6))
        {
            case 0:
                instruction.MemoryBase = Register.RIP;
                instruction.MemoryDisplSize = 8;
                instruction.MemoryDisplacement64 = target;
                return;
            case 1:
                instruction.MemoryDisplacement64 = target;
                return;
        }

        Register baseRegister = FreeRegister(instruction, Register.None);
        long displacement = random.Next(3) switch
        {
            0 => 0,
            1 => random.Next(-128, 128),
            _ => random.Next(-0x100000, 0x100000),
        };
        instruction.MemoryBase = baseRegister;
        instruction.MemoryDisplSize = displacement == 0 && baseRegister is not (Register.R13 or Register.RBP) ? 0 : displacement is >= -128 and < 128 ? 1 : 4;
        instruction.MemoryDisplacement64 = (ulong)displacement;
        ulong address = target - (ulong)displacement;
        if (random.Next(2) == 0)
        {
            Register index = FreeRegister(instruction, baseRegister);
            instruction.MemoryIndex = index;
            instruction.MemoryIndexScale = 1 << random.Next(4);
            address -= state.Gpr[index.GetNumber()] * (ulong)instruction.MemoryIndexScale;
        }

        state.Gpr[baseRegister.GetNumber()] = address;
    }

    private static bool NeedsAlignment(OpCodeInfo info) =>
        info.Encoding == EncodingKind.Legacy
        || info.Mnemonic is Mnemonic.Vmovaps or Mnemonic.Vmovapd or Mnemonic.Vmovdqa or Mnemonic.Vmovntps or Mnemonic.Vmovntpd or Mnemonic.Vmovntdq or Mnemonic.Vmovntdqa;

    private static bool IsGather(OpCodeInfo info) => info.OpCount == 3 && info.GetOpKind(1) is
        OpCodeOperandKind.mem_vsib32x or OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64x or OpCodeOperandKind.mem_vsib64y;

    /// <summary>The destination and the mask of a gather, and its indices, which <see cref="UseIndices"/> sets.</summary>
    private void SetDistinctRegisters(ref Instruction instruction)
    {
        int destination = random.Next(16);
        int mask = (destination + 1 + random.Next(15)) & 15;
        instruction.Op0Register += destination - instruction.Op0Register.GetNumber();
        instruction.Op2Register += mask - instruction.Op2Register.GetNumber();
    }

    private void UseIndices(ref Instruction instruction, OpCodeInfo info, ref ProcessorState state, ulong target)
    {
        OpCodeOperandKind kind = info.GetOpKind(1);
        int number;
        do
        {
            number = random.Next(16);
        }
        while (number == instruction.Op0Register.GetNumber() || number == instruction.Op2Register.GetNumber());

        bool wide = kind is OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64y;
        bool isShort = kind is OpCodeOperandKind.mem_vsib32x or OpCodeOperandKind.mem_vsib32y;
        instruction.MemoryIndex = (wide ? Register.YMM0 : Register.XMM0) + number;
        instruction.MemoryIndexScale = 1 << random.Next(4);
        for (int i = 0; i < 4; i++)
        {
            ulong indices = isShort ? (uint)random.Next(-100, 100) | ((ulong)(uint)random.Next(-100, 100) << 32) : (ulong)random.Next(-100, 100);
            if (i < 2)
                state.Xmm[(2 * number) + i] = indices;
            else
                state.Upper[(2 * number) + i - 2] = indices;
        }

        long displacement = random.Next(-0x4000_0000, 0x4000_0000);
        Register baseRegister = FreeRegister(instruction, Register.None);
        state.Gpr[baseRegister.GetNumber()] = target - (ulong)displacement;
        instruction.MemoryDisplacement64 = (ulong)displacement;
        if (random.Next(4) != 0)
        {
            instruction.MemoryBase = baseRegister;
            return;
        }

        // Addresses of 32 bits, and what the upper half of the base holds does not count.
        state.Gpr[baseRegister.GetNumber()] ^= 0x5555_5555_0000_0000;
        instruction.MemoryBase = Register.EAX + baseRegister.GetNumber();
    }

    private static bool HasOffsetOnly(OpCodeInfo info) =>
        Enumerable.Range(0, info.OpCount).Any(i => info.GetOpKind(i) == OpCodeOperandKind.mem_offs);

    private static void MatchAccumulator(int offset, ref ProcessorState state, byte[] data)
    {
        ulong low = BitConverter.ToUInt64(data, offset);
        state.Gpr[(int)X86Register.Rax] = low;
        state.Gpr[(int)X86Register.Rdx] = BitConverter.ToUInt64(data, offset + 8);
    }

    /// <summary>A register that no other operand needs at a value of its own.</summary>
    private Register FreeRegister(in Instruction instruction, Register other)
    {
        while (true)
        {
            Register register = Register.R8 + random.Next(8);
            if (register == other)
                continue;
            bool used = false;
            for (int i = 0; i < instruction.OpCount; i++)
                used |= instruction.GetOpKind(i) == OpKind.Register && instruction.GetOpRegister(i).GetFullRegister() == register;
            if (!used)
                return register;
        }
    }

    private ulong NextInteger() => random.Next(4) switch
    {
        0 => Integers[random.Next(Integers.Length)],
        1 => (ulong)random.Next(-100, 100),
        _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
    };

    private ulong NextElement() => random.Next(8) switch
    {
        0 or 1 => Singles[random.Next(Singles.Length)] | ((ulong)Singles[random.Next(Singles.Length)] << 32),
        2 or 3 => Doubles[random.Next(Doubles.Length)],
        4 => BitConverter.SingleToUInt32Bits(NextSingle()) | ((ulong)BitConverter.SingleToUInt32Bits(NextSingle()) << 32),
        5 => BitConverter.DoubleToUInt64Bits(NextSingle() / 3.0),
        6 => (ulong)random.NextInt64() & 0x0303_0303_0303_0303,
        _ => NextInteger(),
    };

    private float NextSingle() => (random.NextSingle() - 0.5f) * MathF.Pow(2, random.Next(-10, 40));
}
