using System.Numerics;
using Dominion.Devices.Pci;

namespace Dominion.Devices.Pc.Pci;

/// <summary>Refuses a function that cannot be on a bus: its author's defect, told at once rather than by a guest that finds two ranges in one register.</summary>
internal static class PciDescriptorCheck
{
    private const int RegisterCount = 6;
    private const int LeastPorts = 4;
    private const int LeastMemory = 16;
    private const int MostExpansionRom = 16 << 20;

    /// <summary>Checks a function's base address registers, its expansion ROM and its own registers.</summary>
    /// <param name="descriptor">The function.</param>
    /// <exception cref="ArgumentException">A register does not exist, is used twice, or has an impossible size.</exception>
    public static void Check(PciDescriptor descriptor)
    {
        if (descriptor.ExpansionRom.Length > MostExpansionRom)
            throw new ArgumentException($"an expansion ROM of {descriptor.ExpansionRom.Length} bytes; {MostExpansionRom} is the most", nameof(descriptor));
        int used = 0;
        foreach (PciBar bar in descriptor.Bars)
        {
            bool wide = bar.Kind is PciBarKind.Memory64 or PciBarKind.Memory64Prefetchable;
            if (bar.Index < 0 || bar.Index + (wide ? 2 : 1) > RegisterCount)
                throw new ArgumentException($"there is no base address register {bar.Index} of that width", nameof(descriptor));
            int registers = (wide ? 3 : 1) << bar.Index;
            if ((used & registers) != 0)
                throw new ArgumentException($"base address register {bar.Index} is used twice", nameof(descriptor));
            used |= registers;
            int least = bar.Kind == PciBarKind.Port ? LeastPorts : LeastMemory;
            if (bar.Size < (uint)least || !BitOperations.IsPow2(bar.Size))
                throw new ArgumentException($"a range of {bar.Size} is no power of two of at least {least}", nameof(descriptor));
        }

        foreach (PciDeviceRegisters registers in descriptor.DeviceRegisters)
        {
            if (registers.Offset < PciRegister.FirstCapability || registers.Offset + registers.Initial.Length > PciRegister.Length || registers.Initial.Length != registers.Writable.Length)
                throw new ArgumentException($"there is no room for registers at 0x{registers.Offset:X}", nameof(descriptor));
        }
    }
}
