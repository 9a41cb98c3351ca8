using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Control;
using Dominion.Cpu.X86.Interpreter.Float;
using Dominion.Cpu.X86.Interpreter.Integer;
using Dominion.Cpu.X86.Interpreter.Integer.Fields;
using Dominion.Cpu.X86.Interpreter.Strings;
using Dominion.Cpu.X86.Interpreter.Privileged;
using Dominion.Cpu.X86.Interpreter.Vector.Groups;

namespace Dominion.Cpu.X86.Interpreter;

/// <summary>The instruction groups, put together once.</summary>
internal static class Instructions
{
    /// <summary>Which group lowers which mnemonic.</summary>
    public static LoweringTable Table { get; } = Create();

    private static LoweringTable Create()
    {
        var table = new LoweringTable();
        Arithmetic.Register(table);
        Moves.Register(table);
        Conditional.Register(table);
        Shifts.Register(table);
        DoubleShifts.Register(table);
        MultiplyDivide.Register(table);
        Bits.Register(table);
        FieldInstructions.Register(table);
        SwappedMoves.Register(table);
        CarryChains.Register(table);
        RandomNumbers.Register(table);
        Exchanges.Register(table);
        StackMoves.Register(table);
        FlagMoves.Register(table);
        DecimalAdjust.Register(table);
        Branches.Register(table);
        FarBranches.Register(table);
        StringMoves.Register(table);
        StringPorts.Register(table);
        Ports.Register(table);
        SystemInstructions.Register(table);
        ControlMoves.Register(table);
        DescriptorTables.Register(table);
        SegmentBases.Register(table);
        ProtectionKeys.Register(table);
        ContextInvalidation.Register(table);
        MonitorWait.Register(table);
        VectorMoves.Register(table);
        VectorIntegers.Register(table);
        VectorArrangement.Register(table);
        VectorFloats.Register(table);
        VectorControl.Register(table);
        VectorCiphers.Register(table);
        VexMoves.Register(table);
        VexArrangement.Register(table);
        VexFloats.Register(table);
        VexFused.Register(table);
        FloatMoves.Register(table);
        FloatArithmetic.Register(table);
        FloatComparisons.Register(table);
        FloatTranscendentals.Register(table);
        FloatControls.Register(table);
        FxSaves.Register(table);
        XSaves.Register(table);
        return table;
    }
}
