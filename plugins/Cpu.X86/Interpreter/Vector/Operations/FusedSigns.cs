namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>The signs of FMA's six families.</summary>
internal static class FusedSigns
{
    /// <summary>VFMADD.</summary>
    public readonly struct Add : IFusedSigns
    {
        public static bool NegatesProduct => false;

        public static bool SubtractsEven => false;

        public static bool SubtractsOdd => false;
    }

    /// <summary>VFMSUB.</summary>
    public readonly struct Subtract : IFusedSigns
    {
        public static bool NegatesProduct => false;

        public static bool SubtractsEven => true;

        public static bool SubtractsOdd => true;
    }

    /// <summary>VFMADDSUB: odd elements are added.</summary>
    public readonly struct AddSubtract : IFusedSigns
    {
        public static bool NegatesProduct => false;

        public static bool SubtractsEven => true;

        public static bool SubtractsOdd => false;
    }

    /// <summary>VFMSUBADD: even elements are added.</summary>
    public readonly struct SubtractAdd : IFusedSigns
    {
        public static bool NegatesProduct => false;

        public static bool SubtractsEven => false;

        public static bool SubtractsOdd => true;
    }

    /// <summary>VFNMADD.</summary>
    public readonly struct NegatedAdd : IFusedSigns
    {
        public static bool NegatesProduct => true;

        public static bool SubtractsEven => false;

        public static bool SubtractsOdd => false;
    }

    /// <summary>VFNMSUB.</summary>
    public readonly struct NegatedSubtract : IFusedSigns
    {
        public static bool NegatesProduct => true;

        public static bool SubtractsEven => true;

        public static bool SubtractsOdd => true;
    }
}
