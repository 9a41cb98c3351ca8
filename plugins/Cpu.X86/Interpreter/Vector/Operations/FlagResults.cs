using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Comparisons whose result is the status flags; those not named are cleared.</summary>
internal static class FlagResults
{
    /// <summary>COMISS.</summary>
    public readonly struct OrderedSingle : IFlagResult
    {
        public static ulong Do(Vector128<byte> a, Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            ToFlags(FloatElements.Compare(a.AsUInt32().ToScalar(), b.AsUInt32().ToScalar(), true, mxcsr, ref raised));
    }

    /// <summary>UCOMISS: a quiet NaN is no invalid operation.</summary>
    public readonly struct UnorderedSingle : IFlagResult
    {
        public static ulong Do(Vector128<byte> a, Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            ToFlags(FloatElements.Compare(a.AsUInt32().ToScalar(), b.AsUInt32().ToScalar(), false, mxcsr, ref raised));
    }

    /// <summary>COMISD.</summary>
    public readonly struct OrderedDouble : IFlagResult
    {
        public static ulong Do(Vector128<byte> a, Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            ToFlags(FloatElements.Compare(a.AsUInt64().ToScalar(), b.AsUInt64().ToScalar(), true, mxcsr, ref raised));
    }

    /// <summary>UCOMISD.</summary>
    public readonly struct UnorderedDouble : IFlagResult
    {
        public static ulong Do(Vector128<byte> a, Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            ToFlags(FloatElements.Compare(a.AsUInt64().ToScalar(), b.AsUInt64().ToScalar(), false, mxcsr, ref raised));
    }

    /// <summary>PTEST: ZF when the destination has no bit of the source, CF when it has all.</summary>
    public readonly struct Test : IFlagResult
    {
        public static ulong Do(Vector128<byte> a, Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            ((a & b) == Vector128<byte>.Zero ? Flags.Zero : 0) | (Vector128.AndNot(b, a) == Vector128<byte>.Zero ? Flags.Carry : 0);
    }

    /// <summary>VTESTPS and VTESTPD: as PTEST, of the signs alone.</summary>
    public readonly struct TestSigns<T> : IFlagResult
        where T : unmanaged
    {
        public static ulong Do(Vector128<byte> a, Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            ((a & b).As<byte, T>().ExtractMostSignificantBits() == 0 ? Flags.Zero : 0)
            | (Vector128.AndNot(b, a).As<byte, T>().ExtractMostSignificantBits() == 0 ? Flags.Carry : 0);
    }

    private static ulong ToFlags(FloatRelation relation)
    {
        uint bits = (uint)relation;
        return ((bits & 4) != 0 ? Flags.Zero : 0) | ((bits & 2) != 0 ? Flags.Parity : 0) | ((bits & 1) != 0 ? Flags.Carry : 0);
    }
}
