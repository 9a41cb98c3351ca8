using System.Buffers.Binary;
using Dominion.Cpu.X86;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Memory;

namespace Dominion.Paravirt.Xen.Emulation;

/// <summary>Loads segment registers for a vCPU as its own instructions would at privilege level 3 (SDM volume 3A, 5.6 and 5.8).</summary>
/// <param name="vcpu">The vCPU.</param>
internal sealed class SegmentLoader(PvVcpu vcpu)
{
    private const X86SegmentAttributes Code64 = (X86SegmentAttributes)0xA0FB;
    private const X86SegmentAttributes Data = (X86SegmentAttributes)0xC0F3;
    private const ushort TableIndicator = 4;

    /// <summary>Loads CS and SS with the ABI's flat segments.</summary>
    public static void LoadFlat(ref X86State state)
    {
        state.Segments[(int)X86SegmentRegister.Cs] = new X86Segment { Selector = VmmDescriptors.Code64, Limit = uint.MaxValue, Attributes = Code64 };
        state.Segments[(int)X86SegmentRegister.Ss] = new X86Segment { Selector = VmmDescriptors.Data, Limit = uint.MaxValue, Attributes = Data };
    }

    /// <summary>A data segment register that holds a null selector.</summary>
    /// <param name="selector">0 to 3.</param>
    public static X86Segment Null(ushort selector) => new() { Selector = selector, Attributes = X86SegmentAttributes.Unusable | X86SegmentAttributes.DplMask };

    /// <summary>Loads CS and SS for a return to privilege level 3; nothing changes on failure.</summary>
    public bool TryLoadCodeAndStack(ushort cs, ushort ss)
    {
        ref X86State state = ref vcpu.Core.State;
        if (!TryRead(cs, out X86Segment code) || (code.Attributes & X86SegmentAttributes.Code) == 0 || code.Dpl != 3)
            return false;
        bool longCode = (code.Attributes & X86SegmentAttributes.Long) != 0;

        // A null stack segment is for 64-bit code below level 3 only.
        if ((ss & ~3) == 0 || !TryRead(ss, out X86Segment stack) || (stack.Attributes & (X86SegmentAttributes.Code | X86SegmentAttributes.WritableOrReadable)) != X86SegmentAttributes.WritableOrReadable || stack.Dpl != 3)
            return false;
        if (longCode && (code.Attributes & X86SegmentAttributes.Default32) != 0)
            return false;
        state.Segments[(int)X86SegmentRegister.Cs] = code;
        state.Segments[(int)X86SegmentRegister.Ss] = stack;
        return true;
    }

    /// <summary>Reads the descriptor for a data segment register.</summary>
    public bool TryLoadData(ushort selector, out X86Segment segment)
    {
        if ((selector & ~3) == 0)
        {
            segment = Null(selector);
            return true;
        }

        if (!TryRead(selector, out segment))
            return false;
        bool readable = (segment.Attributes & X86SegmentAttributes.Code) == 0 || (segment.Attributes & X86SegmentAttributes.WritableOrReadable) != 0;
        return readable && segment.Dpl == 3;
    }

    private bool TryRead(ushort selector, out X86Segment segment)
    {
        segment = default;
        ref X86State state = ref vcpu.Core.State;
        ulong tableBase;
        uint limit;
        if ((selector & TableIndicator) != 0)
        {
            ref X86Segment ldt = ref state.Segments[(int)X86SegmentRegister.Ldtr];
            if (!ldt.IsUsable)
                return false;
            vcpu.Descriptors.EnsureLdtPage((selector & ~7) / FrameRange.FrameSize);
            (tableBase, limit) = (ldt.Base, ldt.Limit);
        }
        else
        {
            (tableBase, limit) = (state.Gdtr.Base, state.Gdtr.Limit);
        }

        uint offset = selector & ~7u;
        if (offset + 7 > limit)
            return false;
        Span<byte> raw = stackalloc byte[8];
        if (vcpu.Core.Translate(tableBase + offset, new X86Access(MemoryAccess.Read, false, true), out ulong physical, out _) != X86TranslationResult.Ok
            || !vcpu.Domain.Space.TryRead(physical, raw))
        {
            return false;
        }

        ulong descriptor = BinaryPrimitives.ReadUInt64LittleEndian(raw);
        X86SegmentAttributes attributes = (X86SegmentAttributes)(((descriptor >> 40) & 0xFF) | ((descriptor >> 40) & 0xF000));
        if ((attributes & (X86SegmentAttributes.Present | X86SegmentAttributes.NonSystem)) != (X86SegmentAttributes.Present | X86SegmentAttributes.NonSystem))
            return false;
        uint size = (uint)(descriptor & 0xFFFF) | ((uint)(descriptor >> 32) & 0xF_0000);
        segment = new X86Segment
        {
            Base = ((descriptor >> 16) & 0xFF_FFFF) | ((descriptor >> 32) & 0xFF00_0000),
            Limit = (attributes & X86SegmentAttributes.Granularity) != 0 ? (size << 12) | 0xFFF : size,
            Selector = selector,
            Attributes = attributes | X86SegmentAttributes.Accessed,
        };
        return true;
    }
}
