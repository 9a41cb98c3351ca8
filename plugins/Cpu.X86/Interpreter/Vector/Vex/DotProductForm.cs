using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>VDPPS of 256 bits: each step is done in both halves, and its unmasked exceptions end the instruction, before the next step.</summary>
internal readonly unsafe struct DotProductForm : IVexForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Op* Execute(CoreState* s, Op* op, X86Core c, byte* source)
    {
        Vector128<byte>* halves = (Vector128<byte>*)source;
        int immediate = (int)op->Immediate;
        uint mxcsr = s->VectorControl;
        FloatExceptions raised = FloatExceptions.None;
        Vector128<uint> lower = FloatPairs.DotProductSingle.Products(VexFile.Read(s, op->Extra), halves[0], immediate, mxcsr, ref raised);
        Vector128<uint> upper = FloatPairs.DotProductSingle.Products(VexFile.ReadUpper(s, op->Extra), halves[1], immediate, mxcsr, ref raised);
        bool ends = SseControl.EndStep(mxcsr, ref raised);
        if (!ends)
        {
            lower = FloatPairs.DotProductSingle.AddNeighbours(lower, mxcsr, ref raised);
            upper = FloatPairs.DotProductSingle.AddNeighbours(upper, mxcsr, ref raised);
        }

        if (!ends && !SseControl.EndStep(mxcsr, ref raised))
        {
            lower = FloatPairs.DotProductSingle.Distribute(lower, immediate, mxcsr, ref raised).AsUInt32();
            upper = FloatPairs.DotProductSingle.Distribute(upper, immediate, mxcsr, ref raised).AsUInt32();
        }

        return FloatForms.Finish(s, op, c, lower.AsByte(), upper.AsByte(), raised);
    }
}
