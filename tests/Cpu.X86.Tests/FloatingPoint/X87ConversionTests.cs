using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Tests.Platform;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

public sealed class X87ConversionTests
{
    private static readonly UInt128 Untouched = new(0xDEAD_BEEF_DEAD_BEEF, 0xDEAD_BEEF_DEAD_BEEF);

    private delegate Float80 Load(ref X87Context context, UInt128 memory);

    private delegate UInt128 Store(ref X87Context context, Float80 operand);

    [HostFact]
    public void LoadSingleIsTheHosts() => CheckLoad(
        "fld m32", 32, c => c.fld(__dword_ptr[rdx]),
        (ref X87Context context, UInt128 memory) => X87Conversions.FromSingle(ref context, (uint)memory));

    [HostFact]
    public void LoadDoubleIsTheHosts() => CheckLoad(
        "fld m64", 64, c => c.fld(__qword_ptr[rdx]),
        (ref X87Context context, UInt128 memory) => X87Conversions.FromDouble(ref context, (ulong)memory));

    [HostFact]
    public void LoadIntegerIsTheHosts() => CheckLoad(
        "fild m64", 64, c => c.fild(__qword_ptr[rdx]),
        (ref X87Context _, UInt128 memory) => X87Integers.FromInt64((long)memory));

    [HostFact]
    public void LoadDecimalIsTheHosts() => CheckLoad(
        "fbld", 0, c => c.fbld(__tbyte_ptr[rdx]),
        (ref X87Context _, UInt128 memory) => X87Integers.FromDecimal((ulong)memory, (ushort)(memory >> 64)));

    [HostFact]
    public void StoreSingleIsTheHosts() => CheckStore(
        "fst m32", 32, 0x3FFF, c => c.fst(__dword_ptr[rdx]),
        (ref X87Context context, Float80 operand) => X87Conversions.ToSingle(ref context, operand));

    [HostFact]
    public void StoreDoubleIsTheHosts() => CheckStore(
        "fst m64", 64, 0x3FFF - 1023, c => c.fst(__qword_ptr[rdx]),
        (ref X87Context context, Float80 operand) => X87Conversions.ToDouble(ref context, operand));

    [HostTheory]
    [InlineData(16, false)]
    [InlineData(32, false)]
    [InlineData(64, false)]
    [InlineData(16, true)]
    [InlineData(32, true)]
    [InlineData(64, true)]
    public void StoreIntegerIsTheHosts(int width, bool truncate) => CheckStore(
        $"{(truncate ? "fisttp" : "fistp")} m{width}", width, 0x3FFF + width - 2,
        c => EmitIntegerStore(c, width, truncate),
        (ref X87Context context, Float80 operand) =>
            (UInt128)(ulong)X87Integers.ToInteger(ref context, operand, width, truncate));

    [HostFact]
    public void StoreDecimalIsTheHosts() => CheckStore(
        "fbstp", 80, 0x3FFF + 40, c => c.fbstp(__tbyte_ptr[rdx]),
        (ref X87Context context, Float80 operand) =>
        {
            ulong low = X87Integers.ToDecimal(ref context, operand, out ushort high);
            return new UInt128(high, low);
        });

    [HostFact]
    public void ConstantsAreTheHosts()
    {
        Action<Assembler>[] loads =
        [
            c => c.fld1(), c => c.fldl2t(), c => c.fldl2e(), c => c.fldpi(), c => c.fldlg2(), c => c.fldln2(), c => c.fldz(),
        ];
        for (int i = 0; i < loads.Length; i++)
        {
            using HostX87 host = new(loads[i], 0);
            foreach (ushort control in Operands.ControlWords)
            {
                HostX87Result expected = host.Run(control, default, default);
                X87Context context = new(control);
                Float80 value = X87Constants.Load((X87Constant)i, context.Rounding);
                Assert.Equal(((X87Constant)i, expected.Top), ((X87Constant)i, value));
                Assert.Equal(0, expected.Status & 0x2BF);
            }
        }
    }

    private static void EmitIntegerStore(Assembler c, int width, bool truncate)
    {
        AssemblerMemoryOperand memory = width switch { 16 => __word_ptr[rdx], 32 => __dword_ptr[rdx], _ => __qword_ptr[rdx] };
        if (truncate)
            c.fisttp(memory);
        else
            c.fistp(memory);
    }

    private static void CheckLoad(string name, int width, Action<Assembler> emit, Load operation)
    {
        using HostX87 host = new(emit, 0);
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < X87Oracle.RandomCases; i++)
        {
            UInt128 memory = width == 0 ? RandomDecimal(random) : Operands.RandomMemory(random, width);
            ushort control = Operands.RandomControlWord(random);
            X87Context context = new(control);
            Float80 result = operation(ref context, memory);
            HostX87Result expected = host.Run(control, default, default, memory);
            bool agrees = X87Oracle.StatusAgrees(in context, in expected)
                && (context.SuppressesLoad ? expected.Tags == 0xFFFF : expected.Top == result);
            if (!agrees)
            {
                Assert.Fail(
                    $"{name} (seed {seed}) FCW {control:X4} {memory:X}: host {expected.Top} {expected.Exceptions} tags "
                    + $"{expected.Tags:X4}, here {result} {context.Raised}");
            }
        }
    }

    private static void CheckStore(string name, int width, int near, Action<Assembler> emit, Store operation)
    {
        using HostX87 host = new(emit, 1);
        foreach (Float80 operand in Operands.Grid)
        {
            foreach (ushort control in Operands.ControlWords)
                CheckStore(name, host, width, control, operand, operation);
        }

        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < X87Oracle.RandomCases; i++)
        {
            CheckStore(
                $"{name} (seed {seed})", host, width, Operands.RandomControlWord(random), Operands.Random(random, near), operation);
        }
    }

    private static void CheckStore(
        string name, HostX87 host, int width, ushort control, Float80 operand, Store operation)
    {
        X87Context context = new(control);
        UInt128 mask = (UInt128.One << width) - 1;
        UInt128 result = operation(ref context, operand) & mask;
        UInt128 memory = context.SuppressesStore ? Untouched : (Untouched & ~mask) | result;
        HostX87Result expected = host.Run(control, operand, default, Untouched);
        if (expected.Memory == memory && X87Oracle.StatusAgrees(in context, in expected))
            return;
        Assert.Fail(
            $"{name} FCW {control:X4} {operand}: host {expected.Memory:X} {expected.Exceptions} C1 {expected.C1}, "
            + $"here {memory:X} {context.Raised} C1 {context.RoundedUp}");
    }

    private static UInt128 RandomDecimal(Random random)
    {
        UInt128 digits = 0;
        for (int i = random.Next(19); i > 0; i--)
            digits = (digits << 4) | (uint)random.Next(10);
        return digits | (random.Next(2) == 0 ? UInt128.One << 79 : 0);
    }
}
