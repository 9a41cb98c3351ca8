using Dominion.Cpu.X86;
using Dominion.Memory;

namespace Dominion.FullVirt.Boot;

/// <summary>Carries a plan out: memory first, then the first processor's registers.</summary>
internal static class BootPlanWriter
{
    private const int ChunkSize = 1 << 16;
    private const ulong ProtectionEnable = 1;
    private const ulong ExtensionType = 1 << 4;
    private static readonly byte[] Zeroes = new byte[ChunkSize];

    /// <summary>Writes a plan's segments.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="memory">The domain's memory.</param>
    /// <exception cref="InvalidOperationException">The board reported memory as usable that cannot be written.</exception>
    public static void WriteMemory(BootPlan plan, IGuestMemory memory)
    {
        foreach (BootSegment segment in plan.Segments)
        {
            for (int offset = 0; offset < segment.Data.Length; offset += ChunkSize)
                Write(memory, segment.Address + (ulong)offset, segment.Data.Span.Slice(offset, Math.Min(ChunkSize, segment.Data.Length - offset)));
            for (ulong offset = (ulong)segment.Data.Length; offset < segment.MemorySize; offset += ChunkSize)
                Write(memory, segment.Address + offset, Zeroes.AsSpan(0, (int)Math.Min(ChunkSize, segment.MemorySize - offset)));
        }
    }

    /// <summary>Sets a core, fresh from its reset, to the kernel's entry.</summary>
    /// <param name="entry">How the kernel is entered.</param>
    /// <param name="core">The first processor.</param>
    public static void Enter(in BootEntry entry, IX86Core core)
    {
        ref X86State state = ref core.State;
        state.Gpr = default;
        state.Gpr[(int)X86Register.Rax] = entry.Eax;
        state.Gpr[(int)X86Register.Rbx] = entry.Ebx;
        state.Gpr[(int)X86Register.Rsi] = entry.Esi;
        state.Rip = entry.Eip;
        state.Rflags = 2;
        state.Cr0 = ProtectionEnable | ExtensionType;
        state.Cr3 = 0;
        state.Cr4 = 0;
        state.Efer = 0;
        state.Gdtr = new X86TableRegister { Base = entry.DescriptorTable, Limit = FlatDescriptorTable.Length - 1 };
        state.Segments[(int)X86SegmentRegister.Cs] = FlatDescriptorTable.Code;
        state.Segments[(int)X86SegmentRegister.Ds] = FlatDescriptorTable.Data;
        state.Segments[(int)X86SegmentRegister.Es] = FlatDescriptorTable.Data;
        state.Segments[(int)X86SegmentRegister.Fs] = FlatDescriptorTable.Data;
        state.Segments[(int)X86SegmentRegister.Gs] = FlatDescriptorTable.Data;
        state.Segments[(int)X86SegmentRegister.Ss] = FlatDescriptorTable.Data;
        state.Segments[(int)X86SegmentRegister.Tr] = FlatDescriptorTable.Task;
        core.StateChanged();
    }

    private static void Write(IGuestMemory memory, ulong address, ReadOnlySpan<byte> bytes)
    {
        if (!memory.TryWrite(address, bytes))
            throw new InvalidOperationException($"the board reports {address:x}h as usable memory, but it cannot be written");
    }
}
