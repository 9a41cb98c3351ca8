using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

/// <summary>A denormal or signaling operand in memory is one still after it was widened.</summary>
public sealed class X87MemoryOperandTests
{
    [HostTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void AddIsTheHosts(int width) => Check(width, (c, m) => c.fadd(m), X87Arithmetic.Add);

    [HostTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void SubtractIsTheHosts(int width) => Check(width, (c, m) => c.fsub(m), X87Arithmetic.Subtract);

    [HostTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void ReverseSubtractIsTheHosts(int width) => Check(
        width, (c, m) => c.fsubr(m),
        (ref X87Context context, Float80 top, Float80 memory) => X87Arithmetic.Subtract(ref context, memory, top));

    [HostTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void MultiplyIsTheHosts(int width) => Check(width, (c, m) => c.fmul(m), X87Arithmetic.Multiply);

    [HostTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void DivideIsTheHosts(int width) => Check(width, (c, m) => c.fdiv(m), X87Arithmetic.Divide);

    [HostTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void ReverseDivideIsTheHosts(int width) => Check(
        width, (c, m) => c.fdivr(m),
        (ref X87Context context, Float80 top, Float80 memory) => X87Arithmetic.Divide(ref context, memory, top));

    /// <summary>The comparison leaves ST(0) alone: it is taken for the result.</summary>
    [HostTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void CompareIsTheHosts(int width) => Check(
        width, (c, m) => c.fcom(m),
        (ref X87Context context, Float80 top, Float80 memory) =>
        {
            X87Comparison.Compare(ref context, top, memory);
            return top;
        });

    private static void Check(int width, Action<Assembler, AssemblerMemoryOperand> emit, X87Binary operation)
    {
        using HostX87 host = new(c => emit(c, width == 32 ? __dword_ptr[rdx] : __qword_ptr[rdx]), 1);
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < X87Oracle.RandomCases; i++)
        {
            Float80 top = random.Next(3) == 0
                ? Operands.Edges[random.Next(Operands.Edges.Length)]
                : Operands.Random(random);
            ulong memory = Operands.RandomMemory(random, width);
            ushort control = Operands.RandomControlWord(random);
            X87Context context = new(control);
            Float80 operand = width == 32
                ? X87Conversions.OperandFromSingle(ref context, (uint)memory)
                : X87Conversions.OperandFromDouble(ref context, memory);
            Float80 result = operation(ref context, top, operand);
            if (context.SuppressesResult)
                result = top;
            HostX87Result expected = host.Run(control, top, default, memory);
            if (result == expected.Top && X87Oracle.StatusAgrees(in context, in expected))
                continue;
            Assert.Fail(
                $"(seed {seed}) FCW {control:X4} ST(0) {top} m{width} {memory:X}: host {expected.Top} {expected.Exceptions} C1 "
                + $"{expected.C1}, here {result} {context.Raised} C1 {context.RoundedUp}");
        }
    }
}
