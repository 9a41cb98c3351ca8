using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter;
using Dominion.Cpu.X86.State;
using Dominion.Memory;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interception;

/// <summary>Decodes one instruction for a monitor that emulates what a deprivileged kernel may not execute.</summary>
internal sealed unsafe class InstructionDescriber(X86Core core)
{
    private const int MaximumLength = 15;

    private readonly byte[] _bytes = new byte[MaximumLength];

    /// <summary>Describes the instruction at CS:RIP.</summary>
    /// <param name="info">The description.</param>
    /// <returns>False when it cannot be fetched or has no intercept of its own.</returns>
    public bool TryDescribe(out X86InterceptInfo info)
    {
        info = default;
        CoreState* s = core.S;
        int count = Fetch(s);
        if (count == 0)
            return false;
        var decoder = Decoder.Create(Bitness(s), new ByteArrayCodeReader(_bytes, 0, count));
        decoder.IP = s->Arch.Rip;
        Instruction i = decoder.Decode();
        if (i.IsInvalid || i.HasLockPrefix)
            return false;
        info.InstructionLength = (byte)i.Length;
        return Describe(s, i, ref info);
    }

    private static int Bitness(CoreState* s)
    {
        X86SegmentAttributes code = s->Arch.Segments[(int)X86SegmentRegister.Cs].Attributes;
        if ((s->Mode & BlockMode.Code64) != 0)
            return 64;
        return (code & X86SegmentAttributes.Default32) != 0 ? 32 : 16;
    }

    private int Fetch(CoreState* s)
    {
        ulong linear = core.TruncateLinear((core.Is64Bit ? 0 : s->Arch.Segments[(int)X86SegmentRegister.Cs].Base) + s->Arch.Rip);
        int count = 0;
        while (count < MaximumLength)
        {
            var access = new X86Access(MemoryAccess.Execute, s->Cpl == 3);
            if (core.Translate(core.TruncateLinear(linear + (ulong)count), access, out ulong physical, out _) != X86TranslationResult.Ok)
                break;
            int length = Math.Min(MaximumLength - count, FrameRange.FrameSize - (int)(physical & 0xFFF));
            if (!core.Memory.TryRead(physical, _bytes.AsSpan(count, length)))
                break;
            count += length;
        }

        return count;
    }

    private bool Describe(CoreState* s, in Instruction i, ref X86InterceptInfo info)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Cli: info.Intercept = X86Intercept.Cli; return true;
            case Mnemonic.Sti: info.Intercept = X86Intercept.Sti; return true;
            case Mnemonic.Hlt: info.Intercept = X86Intercept.Hlt; return true;
            case Mnemonic.Clts: info.Intercept = X86Intercept.Clts; return true;
            case Mnemonic.Cpuid: info.Intercept = X86Intercept.Cpuid; return true;
            case Mnemonic.Invd: info.Intercept = X86Intercept.Invd; return true;
            case Mnemonic.Wbinvd: info.Intercept = X86Intercept.Wbinvd; return true;
            case Mnemonic.Rdpmc: info.Intercept = X86Intercept.Rdpmc; return true;
            case Mnemonic.Rdtsc: info.Intercept = X86Intercept.Rdtsc; return true;
            case Mnemonic.Rdtscp: info.Intercept = X86Intercept.Rdtscp; return true;
            case Mnemonic.Rdmsr: return DescribeMsr(s, X86Intercept.ReadMsr, ref info);
            case Mnemonic.Wrmsr: return DescribeMsr(s, X86Intercept.WriteMsr, ref info);
            case Mnemonic.Xsetbv:
                DescribeMsr(s, X86Intercept.Xsetbv, ref info);
                info.IsWrite = true;
                return true;
            case Mnemonic.In or Mnemonic.Out: return DescribePort(s, i, ref info);
            case Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd or Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd: return DescribeString(s, i, ref info);
            case Mnemonic.Mov: return DescribeMove(s, i, ref info);
            default: return false;
        }
    }

    private static bool DescribeMsr(CoreState* s, X86Intercept intercept, ref X86InterceptInfo info)
    {
        info.Intercept = intercept;
        info.IsWrite = intercept == X86Intercept.WriteMsr;
        info.Operand = (uint)Registers.Get(s, X86Register.Rcx);
        info.Value = (Registers.Get(s, X86Register.Rdx) << 32) | (uint)Registers.Get(s, X86Register.Rax);
        return true;
    }

    private static bool DescribePort(CoreState* s, in Instruction i, ref X86InterceptInfo info)
    {
        info.Intercept = X86Intercept.PortAccess;
        info.IsWrite = i.Mnemonic == Mnemonic.Out;
        int port = info.IsWrite ? 0 : 1;
        info.Operand = i.GetOpKind(port) == OpKind.Immediate8 ? i.Immediate8 : (ushort)Registers.Get(s, X86Register.Rdx);
        info.Width = (byte)i.GetOpRegister(1 - port).GetSize();
        info.Value = Registers.Get(s, X86Register.Rax) & (ulong.MaxValue >> (64 - (8 * info.Width)));
        return true;
    }

    private bool DescribeString(CoreState* s, in Instruction i, ref X86InterceptInfo info)
    {
        info.Intercept = X86Intercept.PortAccess;
        info.IsString = true;
        info.IsWrite = i.Mnemonic is Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd;
        info.IsRepeated = i.HasRepPrefix || i.HasRepnePrefix;
        info.Operand = (ushort)Registers.Get(s, X86Register.Rdx);
        info.Width = (byte)i.MemorySize.GetSize();
        OpKind kind = i.GetOpKind(info.IsWrite ? 1 : 0);
        ulong offset = Registers.Get(s, info.IsWrite ? X86Register.Rsi : X86Register.Rdi) & kind switch
        {
            OpKind.MemorySegSI or OpKind.MemoryESDI => 0xFFFFUL,
            OpKind.MemorySegESI or OpKind.MemoryESEDI => 0xFFFF_FFFFUL,
            _ => ulong.MaxValue,
        };
        X86SegmentRegister segment = info.IsWrite ? (X86SegmentRegister)(i.MemorySegment - Register.ES) : X86SegmentRegister.Es;
        bool flat = core.Is64Bit && segment is not (X86SegmentRegister.Fs or X86SegmentRegister.Gs);
        info.LinearAddress = core.TruncateLinear((flat ? 0 : s->Arch.Segments[(int)segment].Base) + offset);
        return true;
    }

    private static bool DescribeMove(CoreState* s, in Instruction i, ref X86InterceptInfo info)
    {
        if (i.OpCount != 2 || i.Op0Kind != OpKind.Register || i.Op1Kind != OpKind.Register)
            return false;
        bool write = i.Op0Register.IsCR() || i.Op0Register.IsDR();
        Register special = write ? i.Op0Register : i.Op1Register;
        Register general = write ? i.Op1Register : i.Op0Register;
        if (special.IsCR())
            info.Intercept = write ? X86Intercept.WriteControlRegister : X86Intercept.ReadControlRegister;
        else if (special.IsDR())
            info.Intercept = write ? X86Intercept.WriteDebugRegister : X86Intercept.ReadDebugRegister;
        else
            return false;
        info.IsWrite = write;
        info.Operand = (uint)special.GetNumber();
        info.Register = (X86Register)general.GetNumber();
        info.Width = (byte)general.GetSize();
        info.Value = Registers.Get(s, info.Register) & (info.Width == 8 ? ulong.MaxValue : uint.MaxValue);
        return true;
    }
}
