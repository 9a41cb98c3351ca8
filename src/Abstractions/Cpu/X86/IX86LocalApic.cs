namespace Dominion.Cpu.X86;

/// <summary>A vCPU's local APIC as the core sees it. MSR, CR8 and acknowledge calls come from the vCPU's own thread without the device lock: the APIC takes that lock itself where it must.</summary>
public interface IX86LocalApic
{
    /// <summary>The initial APIC id, as CPUID reports it.</summary>
    uint InitialId { get; }

    /// <summary>IA32_APIC_BASE (MSR 0x1B).</summary>
    ulong ApicBase { get; }

    /// <summary>CR8: the task priority class, bits 7–4 of the TPR.</summary>
    byte TaskPriority { get; set; }

    /// <summary>Takes the highest-priority interrupt from the APIC, or from the 8259 through its LINT0 in ExtINT mode.</summary>
    /// <returns>The vector, or -1 when there is none any more.</returns>
    int Acknowledge();

    /// <summary>Reads IA32_APIC_BASE, IA32_TSC_DEADLINE (0x6E0) or an x2APIC register (0x800–0x8FF).</summary>
    /// <param name="index">The MSR.</param>
    /// <param name="value">The value.</param>
    /// <returns>False for #GP(0).</returns>
    bool TryReadMsr(uint index, out ulong value);

    /// <summary>Writes IA32_APIC_BASE, IA32_TSC_DEADLINE (0x6E0) or an x2APIC register (0x800–0x8FF).</summary>
    /// <param name="index">The MSR.</param>
    /// <param name="value">The value.</param>
    /// <returns>False for #GP(0).</returns>
    bool TryWriteMsr(uint index, ulong value);
}
