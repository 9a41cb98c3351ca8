using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.Interpreter.Vector.Vex;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>FMA.</summary>
internal static unsafe class VexFused
{
    public static void Register(LoweringTable table)
    {
        Add<FusedShapes.PackedSingle<FusedSigns.Add>>(table, Mnemonic.Vfmadd132ps, Mnemonic.Vfmadd213ps, Mnemonic.Vfmadd231ps);
        Add<FusedShapes.PackedDouble<FusedSigns.Add>>(table, Mnemonic.Vfmadd132pd, Mnemonic.Vfmadd213pd, Mnemonic.Vfmadd231pd);
        Add<FusedShapes.ScalarSingle<FusedSigns.Add>>(table, Mnemonic.Vfmadd132ss, Mnemonic.Vfmadd213ss, Mnemonic.Vfmadd231ss);
        Add<FusedShapes.ScalarDouble<FusedSigns.Add>>(table, Mnemonic.Vfmadd132sd, Mnemonic.Vfmadd213sd, Mnemonic.Vfmadd231sd);
        Add<FusedShapes.PackedSingle<FusedSigns.Subtract>>(table, Mnemonic.Vfmsub132ps, Mnemonic.Vfmsub213ps, Mnemonic.Vfmsub231ps);
        Add<FusedShapes.PackedDouble<FusedSigns.Subtract>>(table, Mnemonic.Vfmsub132pd, Mnemonic.Vfmsub213pd, Mnemonic.Vfmsub231pd);
        Add<FusedShapes.ScalarSingle<FusedSigns.Subtract>>(table, Mnemonic.Vfmsub132ss, Mnemonic.Vfmsub213ss, Mnemonic.Vfmsub231ss);
        Add<FusedShapes.ScalarDouble<FusedSigns.Subtract>>(table, Mnemonic.Vfmsub132sd, Mnemonic.Vfmsub213sd, Mnemonic.Vfmsub231sd);
        Add<FusedShapes.PackedSingle<FusedSigns.AddSubtract>>(table, Mnemonic.Vfmaddsub132ps, Mnemonic.Vfmaddsub213ps, Mnemonic.Vfmaddsub231ps);
        Add<FusedShapes.PackedDouble<FusedSigns.AddSubtract>>(table, Mnemonic.Vfmaddsub132pd, Mnemonic.Vfmaddsub213pd, Mnemonic.Vfmaddsub231pd);
        Add<FusedShapes.PackedSingle<FusedSigns.SubtractAdd>>(table, Mnemonic.Vfmsubadd132ps, Mnemonic.Vfmsubadd213ps, Mnemonic.Vfmsubadd231ps);
        Add<FusedShapes.PackedDouble<FusedSigns.SubtractAdd>>(table, Mnemonic.Vfmsubadd132pd, Mnemonic.Vfmsubadd213pd, Mnemonic.Vfmsubadd231pd);
        Add<FusedShapes.PackedSingle<FusedSigns.NegatedAdd>>(table, Mnemonic.Vfnmadd132ps, Mnemonic.Vfnmadd213ps, Mnemonic.Vfnmadd231ps);
        Add<FusedShapes.PackedDouble<FusedSigns.NegatedAdd>>(table, Mnemonic.Vfnmadd132pd, Mnemonic.Vfnmadd213pd, Mnemonic.Vfnmadd231pd);
        Add<FusedShapes.ScalarSingle<FusedSigns.NegatedAdd>>(table, Mnemonic.Vfnmadd132ss, Mnemonic.Vfnmadd213ss, Mnemonic.Vfnmadd231ss);
        Add<FusedShapes.ScalarDouble<FusedSigns.NegatedAdd>>(table, Mnemonic.Vfnmadd132sd, Mnemonic.Vfnmadd213sd, Mnemonic.Vfnmadd231sd);
        Add<FusedShapes.PackedSingle<FusedSigns.NegatedSubtract>>(table, Mnemonic.Vfnmsub132ps, Mnemonic.Vfnmsub213ps, Mnemonic.Vfnmsub231ps);
        Add<FusedShapes.PackedDouble<FusedSigns.NegatedSubtract>>(table, Mnemonic.Vfnmsub132pd, Mnemonic.Vfnmsub213pd, Mnemonic.Vfnmsub231pd);
        Add<FusedShapes.ScalarSingle<FusedSigns.NegatedSubtract>>(table, Mnemonic.Vfnmsub132ss, Mnemonic.Vfnmsub213ss, Mnemonic.Vfnmsub231ss);
        Add<FusedShapes.ScalarDouble<FusedSigns.NegatedSubtract>>(table, Mnemonic.Vfnmsub132sd, Mnemonic.Vfnmsub213sd, Mnemonic.Vfnmsub231sd);
    }

    private static void Add<TShape>(LoweringTable table, Mnemonic m132, Mnemonic m213, Mnemonic m231)
        where TShape : IFusedShape
    {
        table.Add(&Lower132<TShape>, m132);
        table.Add(&Lower213<TShape>, m213);
        table.Add(&Lower231<TShape>, m231);
    }

    private static bool Lower132<TShape>(in Instruction i, ref Lowering l)
        where TShape : IFusedShape => Lower<TShape>(i, ref l, 132);

    private static bool Lower213<TShape>(in Instruction i, ref Lowering l)
        where TShape : IFusedShape => Lower<TShape>(i, ref l, 213);

    private static bool Lower231<TShape>(in Instruction i, ref Lowering l)
        where TShape : IFusedShape => Lower<TShape>(i, ref l, 231);

    private static bool Lower<TShape>(in Instruction i, ref Lowering l, int order)
        where TShape : IFusedShape
    {
        bool known = VexLowering.IsWide(i) ? VexLowering.Use<FusedForms.Ymm<TShape>>(i, ref l) : VexLowering.Use<FusedForms.Xmm<TShape>>(i, ref l);
        l.Op->Immediate = order;
        return known;
    }
}
