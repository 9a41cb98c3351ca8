using Dominion.Cpu.X86;

namespace Dominion.Oracle.X86.Generation;

/// <content>The state that a case starts from.</content>
internal sealed unsafe partial class CaseGenerator
{
    private const ulong StatusFlags = 0x8D5;
    private const ulong DirectionFlag = 0x400;
    private const ulong FixedFlags = 0x202;
    private const ulong AlignmentCheck = 1UL << 18;
    private const uint MxcsrMasks = 0x1F80;
    private const uint MxcsrFlagsAndModes = 0xE07F;
    private const int FloatMasks = 0x3F;
    private const int ErrorSummaryAndBusy = 0x8080;

    private void CreateState()
    {
        ref ProcessorState state = ref test.State;
        state = default;
        int registers = mode == CodeMode.Bits64 ? 16 : 8;
        for (int i = 0; i < registers; i++)
            SetGpr((X86Register)i, values.Integer());
        state.Components = 7;
        for (int i = 0; i < 32; i++)
        {
            state.Xmm[i] = values.Element();
            state.Upper[i] = values.Element();
        }

        CreateFloat(ref state);
        if (random.OneIn(4))
            CopyRegister(ref state);
        SetGpr(X86Register.Rsp, arena + ArenaLayout.Stack);
        state.Rflags = FixedFlags | (random.Next() & StatusFlags);
        if (!isPlain && random.OneIn(24))
            state.Rflags |= AlignmentCheck;
        state.Mxcsr = random.Next(2) == 0 ? MxcsrMasks : MxcsrMasks | ((uint)random.Next() & MxcsrFlagsAndModes);
        if (!isPlain && random.OneIn(6))
            state.Mxcsr &= ~(1u << random.Next(7, 13));
        CreateSelectors(ref state);
    }

    private void CreateSelectors(ref ProcessorState state)
    {
        state.Selectors[(int)X86SegmentRegister.Cs] = CodeSelector;
        state.Selectors[(int)X86SegmentRegister.Ss] = SegmentTable.FlatData;
        for (int i = 0; i < 2; i++)
        {
            bool small = mode switch
            {
                CodeMode.Bits64 => false,
                CodeMode.Bits32 => random.OneIn(4),
                _ => !random.OneIn(8),
            };
            state.Selectors[i == 0 ? (int)X86SegmentRegister.Ds : (int)X86SegmentRegister.Es] = small ? SegmentTable.ArenaData : SegmentTable.FlatData;
        }

        state.Selectors[(int)X86SegmentRegister.Fs] = hasLocalSegments || mode != CodeMode.Bits64 ? SegmentTable.SmallData : (ushort)0;
        state.Selectors[(int)X86SegmentRegister.Gs] = hasLocalSegments || mode != CodeMode.Bits64 ? SegmentTable.LargeData : (ushort)0;
    }

    private void CreateFloat(ref ProcessorState state)
    {
        for (int i = 0; i < 8; i++)
            (state.Float[2 * i], state.Float[(2 * i) + 1]) = values.Extended();
        int control = 0x37F;
        if (random.Next(4) != 0)
            control = FloatMasks | 0x40 | (random.Next(4) << 8) | (random.Next(4) << 10) | (random.Next(2) << 12);
        if (!isPlain && random.OneIn(6))
            control &= ~(1 << random.Next(6));
        int status = random.Next(0x8000) & ~ErrorSummaryAndBusy;

        // A pending exception makes most instructions fault: seldom.
        if (isPlain || !random.OneIn(6))
            status &= ~(~control & FloatMasks);
        if ((status & ~control & FloatMasks) != 0)
            status |= ErrorSummaryAndBusy;
        state.FloatControl = (ushort)control;
        state.FloatStatus = (ushort)status;
        state.FloatTags = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(3) == 0 ? 0 : 0xFF);
        if (form.Group == "mmx" || random.OneIn(2))
            return;

        // Values that belong together: equal, neighbours, one the other's negative.
        state.Float[2] = state.Float[0] + (ulong)random.Next(-1, 2);
        state.Float[3] = state.Float[1] ^ (ulong)(random.Next(2) << 15);
    }

    /// <summary>Equal operands are rare at random.</summary>
    private void CopyRegister(ref ProcessorState state)
    {
        for (int i = 2; i < 32; i++)
        {
            state.Xmm[i] = state.Xmm[i & 1];
            state.Upper[i] = state.Upper[i & 1];
        }

        for (int i = 1; i < 8; i++)
        {
            state.Float[2 * i] = state.Float[0];
            state.Float[(2 * i) + 1] = state.Float[1];
        }
    }
}
