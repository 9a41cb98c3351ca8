using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;
using StringComparison = Dominion.Cpu.X86.Interpreter.Vector.Operations.StringComparison;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers of PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM. <see cref="Op.Extra"/> is <see cref="Explicit"/>, <see cref="ToMask"/>, <see cref="Wide"/>. The memory operand needs no alignment (SDM volume 2 PCMPESTRI).</summary>
internal static unsafe class StringCompareHandlers
{
    /// <summary>The lengths are in RAX and RDX.</summary>
    public const ushort Explicit = 1;

    /// <summary>The result is a mask in XMM0, not an index in RCX.</summary>
    public const ushort ToMask = 2;

    /// <summary>With REX.W the lengths have 64 bits.</summary>
    public const ushort Wide = 4;

    public static Op* Register<TFile>(CoreState* s, Op* op, X86Core c)
        where TFile : IRegisterFile
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return Finish<TFile>(s, op, TFile.Read(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Memory<TFile, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TFile : IRegisterFile
        where TAddressing : IAddressing
    {
        if (TFile.IsBlocked(s))
            return TFile.Refuse(s, op, c);
        return Mem.Load<Vector128<byte>, TAddressing>(s, op, c, out Vector128<byte> b) ? Finish<TFile>(s, op, b) : c.Abort(op);
    }

    private static Op* Finish<TFile>(CoreState* s, Op* op, Vector128<byte> b)
        where TFile : IRegisterFile
    {
        int immediate = (int)op->Immediate;
        Vector128<byte> a = TFile.Read(s, op->Reg);
        int lengthA;
        int lengthB;
        if ((op->Extra & Explicit) != 0)
        {
            lengthA = StringComparison.ExplicitLength(Length(s, op, X86Register.Rax), immediate);
            lengthB = StringComparison.ExplicitLength(Length(s, op, X86Register.Rdx), immediate);
        }
        else
        {
            lengthA = StringComparison.ImplicitLength(a, immediate);
            lengthB = StringComparison.ImplicitLength(b, immediate);
        }

        StringComparison.Result result = StringComparison.Compare(a, b, lengthA, lengthB, immediate);
        if ((op->Extra & ToMask) != 0)
            TFile.Write(s, VectorOffsets.Xmm0, StringComparison.Mask(result, immediate));
        else
            Registers.Set(s, X86Register.Rcx, StringComparison.Index(result, immediate));
        Flags.SetStatus(s, result.Status);
        return op + 1;
    }

    private static long Length(CoreState* s, Op* op, X86Register register)
    {
        ulong value = Registers.Get(s, register);
        return (op->Extra & Wide) != 0 ? (long)value : (int)value;
    }
}
