using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Handlers;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.Interpreter.Vector.Vex;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector;

/// <summary>Finds the handler for an operation by where the operands are. The operations know nothing of the encoding: forms with VEX use the same, by <see cref="VexLowering"/>.</summary>
internal static unsafe class VectorLowering
{
    private const int VectorSize = 16;

    /// <summary>An operation that is the same on MMX and XMM registers.</summary>
    public static bool Packed<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IPackedOperation => Packed<TOperation, TOperation>(i, ref l);

    /// <summary>An operation that depends on the registers' width.</summary>
    public static bool Packed<TXmm, TMmx>(in Instruction i, ref Lowering l)
        where TXmm : IPackedOperation
        where TMmx : IPackedOperation =>
        VexLowering.IsVex(i) ? VexLowering.Packed<TXmm>(i, ref l)
        : i.Op0Register.IsMM() ? PackedIn<TMmx, MmxFile>(i, ref l, 8) : PackedIn<TXmm, XmmFile>(i, ref l, VectorSize);

    /// <summary>A floating-point operation on XMM registers.</summary>
    public static bool Float<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFloatOperation
    {
        if (VexLowering.IsVex(i))
            return VexLowering.Float<TOperation>(i, ref l);
        UseRegisters(i, ref l);
        if (!UseSource(i, ref l, out AddressKind kind))
            return l.Use(i.Op1Register.IsGPR() ? &FloatHandlers<TOperation>.General : &FloatHandlers<TOperation>.Register);
        if (l.Op->Size == VectorSize)
        {
            return l.Use(kind switch
            {
                AddressKind.BaseDisplacement => &FloatHandlers<TOperation>.Memory<BaseDisplacement>,
                AddressKind.Flat64 => &FloatHandlers<TOperation>.Memory<Flat64>,
                _ => &FloatHandlers<TOperation>.Memory<Segmented>,
            });
        }

        return l.Use(kind switch
        {
            AddressKind.BaseDisplacement => &FloatHandlers<TOperation>.Partial<BaseDisplacement>,
            AddressKind.Flat64 => &FloatHandlers<TOperation>.Partial<Flat64>,
            _ => &FloatHandlers<TOperation>.Partial<Segmented>,
        });
    }

    /// <summary>A conversion between MMX and XMM registers.</summary>
    public static bool Mixed<TOperation, TTo, TFrom>(in Instruction i, ref Lowering l)
        where TOperation : IFloatOperation
        where TTo : IRegisterFile
        where TFrom : IRegisterFile
    {
        UseRegisters(i, ref l);
        if (!UseSource(i, ref l, out AddressKind kind))
            return l.Use(&MixedHandlers<TOperation, TTo, TFrom>.Register);
        if (l.Op->Size == VectorSize)
        {
            return l.Use(kind switch
            {
                AddressKind.BaseDisplacement => &MixedHandlers<TOperation, TTo, TFrom>.Memory<BaseDisplacement>,
                AddressKind.Flat64 => &MixedHandlers<TOperation, TTo, TFrom>.Memory<Flat64>,
                _ => &MixedHandlers<TOperation, TTo, TFrom>.Memory<Segmented>,
            });
        }

        return l.Use(kind switch
        {
            AddressKind.BaseDisplacement => &MixedHandlers<TOperation, TTo, TFrom>.Partial<BaseDisplacement>,
            AddressKind.Flat64 => &MixedHandlers<TOperation, TTo, TFrom>.Partial<Flat64>,
            _ => &MixedHandlers<TOperation, TTo, TFrom>.Partial<Segmented>,
        });
    }

    /// <summary>An operation whose result goes to a general-purpose register.</summary>
    public static bool General<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IGeneralResult
    {
        if (VexLowering.IsVex(i))
            return VexLowering.General<TOperation>(i, ref l);
        UseRegisters(i, ref l);
        if (!UseSource(i, ref l, out AddressKind kind))
        {
            return l.Use(i.Op1Register.IsMM()
                ? &GeneralResultHandlers<TOperation, MmxFile>.Register
                : &GeneralResultHandlers<TOperation, XmmFile>.Register);
        }

        return l.Use(kind switch
        {
            AddressKind.BaseDisplacement => &GeneralResultHandlers<TOperation, XmmFile>.Partial<BaseDisplacement>,
            AddressKind.Flat64 => &GeneralResultHandlers<TOperation, XmmFile>.Partial<Flat64>,
            _ => &GeneralResultHandlers<TOperation, XmmFile>.Partial<Segmented>,
        });
    }

    /// <summary>A comparison that sets the status flags.</summary>
    public static bool Compare<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFlagResult
    {
        if (VexLowering.IsVex(i))
            return VexLowering.Compare<TOperation>(i, ref l);
        UseRegisters(i, ref l);
        if (!UseSource(i, ref l, out AddressKind kind))
            return l.Use(&FlagResultHandlers<TOperation>.Register);
        if (l.Op->Size == VectorSize)
        {
            return l.Use(kind switch
            {
                AddressKind.BaseDisplacement => &FlagResultHandlers<TOperation>.Memory<BaseDisplacement>,
                AddressKind.Flat64 => &FlagResultHandlers<TOperation>.Memory<Flat64>,
                _ => &FlagResultHandlers<TOperation>.Memory<Segmented>,
            });
        }

        return l.Use(kind switch
        {
            AddressKind.BaseDisplacement => &FlagResultHandlers<TOperation>.Partial<BaseDisplacement>,
            AddressKind.Flat64 => &FlagResultHandlers<TOperation>.Partial<Flat64>,
            _ => &FlagResultHandlers<TOperation>.Partial<Segmented>,
        });
    }

    /// <summary>A choice between elements by the signs in XMM0.</summary>
    public static bool Blend<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        UseRegisters(i, ref l);
        if (!UseSource(i, ref l, out AddressKind kind))
            return l.Use(&BlendHandlers<T>.Register);
        return l.Use(kind switch
        {
            AddressKind.BaseDisplacement => &BlendHandlers<T>.Memory<BaseDisplacement>,
            AddressKind.Flat64 => &BlendHandlers<T>.Memory<Flat64>,
            _ => &BlendHandlers<T>.Memory<Segmented>,
        });
    }

    /// <summary>Sets the first element of a register to a memory operand and clears the rest.</summary>
    public static bool SetFromMemory<T, TFile>(in Instruction i, ref Lowering l)
        where T : unmanaged
        where TFile : IRegisterFile
    {
        l.Op->Reg = VectorOffsets.Of(i.Op0Register);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &ElementHandlers<T, TFile>.SetMemory<BaseDisplacement>,
            AddressKind.Flat64 => &ElementHandlers<T, TFile>.SetMemory<Flat64>,
            _ => &ElementHandlers<T, TFile>.SetMemory<Segmented>,
        });
    }

    /// <summary>Replaces one element by a memory operand.</summary>
    public static bool InsertFromMemory<T, TFile>(in Instruction i, ref Lowering l, int element)
        where T : unmanaged
        where TFile : IRegisterFile
    {
        l.Op->Reg = ElementOffset<T>(i.Op0Register, element);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &ElementHandlers<T, TFile>.InsertMemory<BaseDisplacement>,
            AddressKind.Flat64 => &ElementHandlers<T, TFile>.InsertMemory<Flat64>,
            _ => &ElementHandlers<T, TFile>.InsertMemory<Segmented>,
        });
    }

    /// <summary>Stores one element.</summary>
    public static bool StoreElement<T, TFile>(in Instruction i, ref Lowering l, int element)
        where T : unmanaged
        where TFile : IRegisterFile
    {
        l.Op->Rm = ElementOffset<T>(i.Op1Register, element);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &ElementHandlers<T, TFile>.ToMemory<BaseDisplacement>,
            AddressKind.Flat64 => &ElementHandlers<T, TFile>.ToMemory<Flat64>,
            _ => &ElementHandlers<T, TFile>.ToMemory<Segmented>,
        });
    }

    /// <summary>Where an element of a register is.</summary>
    public static ushort ElementOffset<T>(Register register, int element)
        where T : unmanaged => (ushort)(VectorOffsets.Of(register) + (element * sizeof(T)));

    /// <summary>Fills in the registers of the first two operands and the immediate byte; the first stands for a second that is none.</summary>
    public static void UseRegisters(in Instruction i, ref Lowering l)
    {
        l.Op->Reg = VectorOffsets.Of(i.Op0Register);
        l.Op->Rm = i.Op1Kind == OpKind.Register ? VectorOffsets.Of(i.Op1Register) : l.Op->Reg;
        int last = i.OpCount - 1;
        if (Operands.IsImmediate(i, last))
            l.Op->Immediate = (byte)i.GetImmediate(last);
    }

    /// <summary>Fills in a source in memory.</summary>
    /// <returns>False when the source is a register or an immediate.</returns>
    private static bool UseSource(in Instruction i, ref Lowering l, out AddressKind kind)
    {
        kind = AddressKind.None;
        if (!Lowering.IsMemory(i, 1))
            return false;
        l.Op->Size = (byte)i.MemorySize.GetSize();
        kind = l.UseMemory(i);
        return true;
    }

    private static bool PackedIn<TOperation, TFile>(in Instruction i, ref Lowering l, int fileSize)
        where TOperation : IPackedOperation
        where TFile : IRegisterFile
    {
        UseRegisters(i, ref l);
        if (!UseSource(i, ref l, out AddressKind kind))
        {
            return l.Use(i.Op1Kind == OpKind.Register && i.Op1Register.IsGPR()
                ? &PackedHandlers<TOperation, TFile>.General
                : &PackedHandlers<TOperation, TFile>.Register);
        }

        if (l.Op->Size == fileSize)
        {
            return l.Use(kind switch
            {
                AddressKind.BaseDisplacement => &PackedHandlers<TOperation, TFile>.Memory<BaseDisplacement>,
                AddressKind.Flat64 => &PackedHandlers<TOperation, TFile>.Memory<Flat64>,
                _ => &PackedHandlers<TOperation, TFile>.Memory<Segmented>,
            });
        }

        return l.Use(kind switch
        {
            AddressKind.BaseDisplacement => &PackedHandlers<TOperation, TFile>.Partial<BaseDisplacement>,
            AddressKind.Flat64 => &PackedHandlers<TOperation, TFile>.Partial<Flat64>,
            _ => &PackedHandlers<TOperation, TFile>.Partial<Segmented>,
        });
    }
}
