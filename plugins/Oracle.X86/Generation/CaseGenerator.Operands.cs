using Dominion.Cpu.X86;
using Iced.Intel;

namespace Dominion.Oracle.X86.Generation;

/// <content>Registers and immediates.</content>
internal sealed unsafe partial class CaseGenerator
{
    private void SetOperand(ref Instruction instruction, int operand, OpCodeOperandKind kind)
    {
        switch (kind)
        {
            case OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r64_or_mem
                or OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.xmm_or_mem or OpCodeOperandKind.ymm_or_mem or OpCodeOperandKind.r32_or_mem_mpx or OpCodeOperandKind.r64_or_mem_mpx:
                if (random.OneIn(2))
                    instruction.SetOpKind(operand, OpKind.Memory);
                else
                    SetRegister(ref instruction, operand, RandomRegister(kind));
                break;
            case OpCodeOperandKind.mem or OpCodeOperandKind.mem_offs or OpCodeOperandKind.seg_rBX_al
                or OpCodeOperandKind.mem_vsib32x or OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64x or OpCodeOperandKind.mem_vsib64y:
                instruction.SetOpKind(operand, OpKind.Memory);
                break;
            case OpCodeOperandKind.imm8 or OpCodeOperandKind.imm8_const_1 or OpCodeOperandKind.imm4_m2z:
                // ENTER's second byte operand.
                instruction.SetOpKind(operand, operand > 0 && instruction.GetOpKind(operand - 1) == OpKind.Immediate16 ? OpKind.Immediate8_2nd : OpKind.Immediate8);
                byte value = kind == OpCodeOperandKind.imm8_const_1 ? (byte)1 : (byte)random.Next(random.OneIn(2) ? 256 : 40);
                if (instruction.GetOpKind(operand) == OpKind.Immediate8_2nd)
                    instruction.Immediate8_2nd = (byte)random.Next(40);
                else
                    instruction.Immediate8 = value;
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
                instruction.Immediate16 = (ushort)values.Integer();
                break;
            case OpCodeOperandKind.imm32:
                instruction.SetOpKind(operand, OpKind.Immediate32);
                instruction.Immediate32 = (uint)values.Integer();
                break;
            case OpCodeOperandKind.imm32sex64:
                instruction.SetOpKind(operand, OpKind.Immediate32to64);
                instruction.Immediate32 = (uint)values.Integer();
                break;
            case OpCodeOperandKind.imm64:
                instruction.SetOpKind(operand, OpKind.Immediate64);
                instruction.Immediate64 = values.Integer();
                break;
            case OpCodeOperandKind.seg_rSI or OpCodeOperandKind.es_rDI or OpCodeOperandKind.seg_rDI:
                instruction.SetOpKind(operand, StringKind(kind));
                break;
            case OpCodeOperandKind.br16_1 or OpCodeOperandKind.br16_2:
                instruction.SetOpKind(operand, OpKind.NearBranch16);
                break;
            case OpCodeOperandKind.br32_1 or OpCodeOperandKind.br32_4:
                instruction.SetOpKind(operand, OpKind.NearBranch32);
                break;
            case OpCodeOperandKind.br64_1 or OpCodeOperandKind.br64_4:
                instruction.SetOpKind(operand, OpKind.NearBranch64);
                break;
            case OpCodeOperandKind.farbr2_2:
                instruction.SetOpKind(operand, OpKind.FarBranch16);
                break;
            case OpCodeOperandKind.farbr4_2:
                instruction.SetOpKind(operand, OpKind.FarBranch32);
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

    private int RegisterCount => mode == CodeMode.Bits64 ? 16 : 8;

    private Register RandomRegister(OpCodeOperandKind kind) => kind switch
    {
        OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r8_reg or OpCodeOperandKind.r8_opcode => Register.AL + random.Next(mode == CodeMode.Bits64 ? 20 : 8),
        OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r16_reg or OpCodeOperandKind.r16_reg_mem or OpCodeOperandKind.r16_rm or OpCodeOperandKind.r16_opcode => General(Register.AX),
        OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r32_reg or OpCodeOperandKind.r32_reg_mem or OpCodeOperandKind.r32_rm or OpCodeOperandKind.r32_opcode
            or OpCodeOperandKind.r32_vvvv or OpCodeOperandKind.r32_or_mem_mpx => General(Register.EAX),
        OpCodeOperandKind.r64_or_mem or OpCodeOperandKind.r64_reg or OpCodeOperandKind.r64_reg_mem or OpCodeOperandKind.r64_rm or OpCodeOperandKind.r64_opcode
            or OpCodeOperandKind.r64_vvvv or OpCodeOperandKind.r64_or_mem_mpx => General(Register.RAX),
        OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.mm_reg or OpCodeOperandKind.mm_rm => Register.MM0 + random.Next(8),
        OpCodeOperandKind.xmm_or_mem or OpCodeOperandKind.xmm_reg or OpCodeOperandKind.xmm_rm or OpCodeOperandKind.xmm_vvvv or OpCodeOperandKind.xmm_is4 => Register.XMM0 + random.Next(RegisterCount),
        OpCodeOperandKind.ymm_or_mem or OpCodeOperandKind.ymm_reg or OpCodeOperandKind.ymm_rm or OpCodeOperandKind.ymm_vvvv or OpCodeOperandKind.ymm_is4 => Register.YMM0 + random.Next(RegisterCount),
        OpCodeOperandKind.sti_opcode => Register.ST0 + random.Next(8),
        OpCodeOperandKind.st0 => Register.ST0,
        OpCodeOperandKind.seg_reg => Register.ES + random.Next(6),
        OpCodeOperandKind.cr_reg => Register.CR0 + random.Pick<int>([0, 2, 3, 4]),
        OpCodeOperandKind.dr_reg => Register.DR0 + random.Pick<int>([0, 1, 2, 3, 6, 7]),
        OpCodeOperandKind.al => Register.AL,
        OpCodeOperandKind.cl => Register.CL,
        OpCodeOperandKind.ax => Register.AX,
        OpCodeOperandKind.dx => Register.DX,
        OpCodeOperandKind.eax => Register.EAX,
        OpCodeOperandKind.rax => Register.RAX,
        OpCodeOperandKind.es => Register.ES,
        OpCodeOperandKind.cs => Register.CS,
        OpCodeOperandKind.ss => Register.SS,
        OpCodeOperandKind.ds => Register.DS,
        OpCodeOperandKind.fs => Register.FS,
        OpCodeOperandKind.gs => Register.GS,
        _ => throw new InvalidOperationException($"operands of kind {kind} are not known here"),
    };

    private Register General(Register first) => first + random.Next(RegisterCount);

    /// <summary>A register for an address: not one that the instruction takes a value in.</summary>
    private Register AddressRegister(Register first)
    {
        Register register;
        do
            register = General(first);
        while ((TakesComponents && register - first is 0 or 2) || (info.OperandSize == 16 && info.Mnemonic is Mnemonic.Shld or Mnemonic.Shrd && register - first == 1));
        return register;
    }

    /// <summary>Whether EDX:EAX is a mask of state components.</summary>
    private bool TakesComponents => info.Mnemonic is Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xsavec or Mnemonic.Xsavec64 or Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64
        or Mnemonic.Xsaves or Mnemonic.Xsaves64 or Mnemonic.Xrstor or Mnemonic.Xrstor64 or Mnemonic.Xrstors or Mnemonic.Xrstors64;

    /// <summary>The address size of string instructions: the mode's own, or the other one.</summary>
    private OpKind StringKind(OpCodeOperandKind kind)
    {
        int size = StringAddressSize;
        return kind switch
        {
            OpCodeOperandKind.seg_rSI => size == 64 ? OpKind.MemorySegRSI : size == 32 ? OpKind.MemorySegESI : OpKind.MemorySegSI,
            OpCodeOperandKind.es_rDI => size == 64 ? OpKind.MemoryESRDI : size == 32 ? OpKind.MemoryESEDI : OpKind.MemoryESDI,
            _ => size == 64 ? OpKind.MemorySegRDI : size == 32 ? OpKind.MemorySegEDI : OpKind.MemorySegDI,
        };
    }

    /// <summary>The same for both operands of a case.</summary>
    private int StringAddressSize
    {
        get
        {
            bool other = usesOtherAddressSize;
            return mode switch
            {
                CodeMode.Bits64 => other ? 32 : 64,
                CodeMode.Bits32 => other ? 16 : 32,
                _ => other ? 32 : 16,
            };
        }
    }

    private void UseStringRegisters(ref Instruction instruction)
    {
        bool isMaskMove = info.Mnemonic is Mnemonic.Maskmovq or Mnemonic.Maskmovdqu or Mnemonic.Vmaskmovdqu;
        if (!instruction.IsStringInstruction && !isMaskMove)
            return;
        int size = StringAddressSize;
        ulong Source(int segment)
        {
            int offset = !isPlain && !isStandIn && random.OneIn(5) ? FaultingOffset(16) : ArenaLayout.DataMiddle + random.Next(-300, 300);
            if (size == 16 && test.State.Selectors[segment] == SegmentTable.FlatData)
                test.State.Selectors[segment] = SegmentTable.ArenaData;
            ulong address = arena + (uint)offset - SegmentTable.Base(test.State.Selectors[segment], arena);
            return size == 16 ? (ushort)address : address;
        }

        ulong dirt = size == 32 && mode == CodeMode.Bits64 ? random.Next() << 32 : size == 16 ? (uint)random.Next() << 16 : 0UL;
        SetGpr(X86Register.Rsi, dirt | Source((int)X86SegmentRegister.Ds));
        SetGpr(X86Register.Rdi, dirt | Source(isMaskMove ? (int)X86SegmentRegister.Ds : (int)X86SegmentRegister.Es));
        if (isMaskMove)
            return;
        if (random.OneIn(2))
            test.State.Rflags |= DirectionFlag;
        if (random.OneIn(2))
            return;
        if (info.CanUseRepPrefix)
            instruction.HasRepePrefix = true;
        if (info.CanUseRepnePrefix && random.OneIn(2))
        {
            instruction.HasRepePrefix = false;
            instruction.HasRepnePrefix = true;
        }

        if (instruction.HasRepePrefix || instruction.HasRepnePrefix)
            SetGpr(X86Register.Rcx, dirt | (uint)random.Next(random.OneIn(8) ? 400 : 24));
        if (random.OneIn(3))
            MakeEqual();
    }

    /// <summary>Data that compares equal for a while.</summary>
    private void MakeEqual()
    {
        byte value = (byte)Gpr(X86Register.Rax);
        int start = random.Next(0x800, 0xC00);
        test.Data.AsSpan(start, random.Next(0x100, 0x900)).Fill(value);
        if (random.OneIn(2))
            SetGpr(X86Register.Rax, value * 0x0101_0101_0101_0101UL);
    }

    /// <summary>Sets what an instruction takes without naming it.</summary>
    private void FitImplicitOperands(ref Instruction instruction)
    {
        if (TakesComponents)
        {
            // Components that only the host has are left out.
            SetGpr(X86Register.Rax, (uint)random.Next(8));
            SetGpr(X86Register.Rdx, 0);
        }

        switch (info.Mnemonic)
        {
            case Mnemonic.Leave or Mnemonic.Enter:
                SetGpr(X86Register.Rbp, arena + ArenaLayout.DataMiddle + (ulong)(8 * random.Next(64)));
                break;
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc when instruction.Op0Kind == OpKind.Memory && instruction.Op1Kind == OpKind.Register:
                SetGpr((X86Register)instruction.Op1Register.GetNumber(), (ulong)random.Next(-0x2000, 0x2000));
                break;
            case Mnemonic.Shld or Mnemonic.Shrd when info.OperandSize == 16:
                // Counts past 16 give an undefined result (SDM volume 2 SHLD, SHRD).
                if (instruction.Op2Kind == OpKind.Immediate8)
                    instruction.Immediate8 &= 15;
                SetGpr(X86Register.Rcx, Gpr(X86Register.Rcx) & ~0x10UL);
                break;
            case Mnemonic.Cmpxchg8b or Mnemonic.Cmpxchg16b when random.OneIn(2):
                SetGpr(X86Register.Rax, values.Element());
                break;
            case Mnemonic.Div or Mnemonic.Idiv when random.Next(4) != 0:
                SetGpr(X86Register.Rdx, 0);
                SetGpr(X86Register.Rax, Gpr(X86Register.Rax) & 0xFF);
                break;
            case Mnemonic.Int:
                // 0x80 is a system call, and the gates of 3 and 4 are the system's.
                instruction.Immediate8 = (byte)random.Pick<int>([0, 1, 5, 13, 14, 32, 127, 129, 255]);
                break;
            case Mnemonic.Maskmovq or Mnemonic.Cvtpi2ps:
                // Whether a fault of the one, or a memory operand of the other, leaves x87 mode and waits for its exceptions is each processor's own: it makes no difference here.
                test.State.FloatStatus &= 0x477F;
                test.State.FloatControl |= FloatMasks;
                test.State.FloatTags = 0xFF;
                break;
            case Mnemonic.Mov or Mnemonic.Lar or Mnemonic.Lsl or Mnemonic.Verr or Mnemonic.Verw or Mnemonic.Arpl when TakesSelector(instruction, out int operand):
                if (instruction.GetOpKind(operand) == OpKind.Register)
                    SetGpr((X86Register)instruction.GetOpRegister(operand).GetNumber(), (random.Next() & 0xFFFF_0000UL) | RandomSelector());
                break;
        }
    }

    private bool TakesSelector(in Instruction instruction, out int operand)
    {
        operand = info.Mnemonic is Mnemonic.Verr or Mnemonic.Verw or Mnemonic.Arpl ? 0 : 1;
        return info.Mnemonic != Mnemonic.Mov || info.GetOpKind(0) == OpCodeOperandKind.seg_reg;
    }

    /// <summary>Selectors of all kinds; of those of the system itself only such as user code cannot use.</summary>
    private ushort RandomSelector() => random.Pick<ushort>(
    [
        0, 1, 3, SegmentTable.FlatData, 0x28, SegmentTable.Code64, 0x10, 0x13, 0x18, 0x83, 0x1003, SegmentTable.ArenaData, SegmentTable.SmallData, SegmentTable.LargeData,
        SegmentTable.Code32, SegmentTable.Code16, SegmentTable.ExpandDown, SegmentTable.ReadOnlyData, SegmentTable.NotPresent, SegmentTable.ExecuteOnly, SegmentTable.ArenaData & ~3, 0x57,
    ]);
}
